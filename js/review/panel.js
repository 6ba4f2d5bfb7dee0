// The review panel: findings on the left, one of them on the right, the decision always in sight below it.

import { make, name } from "../dom.js";
import { evidence, exhibits, explanations, judgements, posts, prose } from "./sections.js";
import { talk } from "./talk.js";

let panels = 0;

export function mountReview(model, el) {
  const root = make("section", "iv-review"), id = `iv-review-${(panels += 1)}`;
  root.dataset.lmSuppressShortcuts = "true"; // letters typed here are not JupyterLab's
  root.setAttribute("aria-label", "Review of findings");
  const live = make("p", "iv-r-live"), body = make("div", "iv-r-body", "Asking the kernel ...");
  live.setAttribute("role", "status");
  root.append(body, live);
  el.append(root);
  let state = null, drafts = {}, wanted = "";

  const line = talk(model, (message, buffers, own) => {
    if (message.error) { say(message.error, true); form?.free(); return; }
    if (message.review) { state = message.review; if (state.said) delete drafts[key()]; draw(); say(state.said); }
    if (message.revealed) { put(message.revealed, false); if (message.revealed.prompt) say(message.revealed.prompt); }
    if (message.covered) put(message.covered, true);
  });
  const key = () => `${state.finding.id}|${state.second}`;
  let form = null;

  function say(text, bad = false) {
    live.textContent = text;
    live.classList.toggle("iv-r-bad", bad);
    live.setAttribute("role", bad ? "alert" : "status");
  }

  /** A text that was revealed or covered: it lives in the page only. */
  function put({ ref, text }, covered) {
    for (const box of root.querySelectorAll(".iv-r-veiled")) {
      if (box.dataset.ref !== ref) continue;
      box.querySelector(".iv-r-words").textContent = text;
      box.classList.toggle("iv-r-open", !covered);
      const control = box.querySelector("button");
      control.textContent = covered ? "Show" : "Hide again";
      control.setAttribute("aria-expanded", String(!covered));
    }
  }
  const coverAll = () => {
    for (const box of root.querySelectorAll(".iv-r-veiled.iv-r-open")) { put({ ref: box.dataset.ref, text: "[hidden again]" }, true); line.ask("cover", { ref: box.dataset.ref }); }
  };
  const away = () => { if (document.hidden) coverAll(); };
  document.addEventListener("visibilitychange", away);
  const veil = { show: (ref) => line.ask("reveal", { ref }), hide: (ref) => line.ask("cover", { ref }) };

  function draw() {
    const held = root.contains(document.activeElement) ? document.activeElement.dataset?.hold : "";
    const scrolled = wanted === state.finding.id ? body.querySelector(".iv-r-read")?.scrollTop || 0 : 0;
    wanted = state.finding.id;
    body.textContent = "";
    body.append(head(), list(), reading(), decision(), foot());
    body.querySelector(".iv-r-read").scrollTop = scrolled;
    if (held) body.querySelector(`[data-hold="${held}"]`)?.focus({ preventScroll: true });
  }

  function head() {
    const bar = make("header", "iv-r-head"), title = make("h2", "iv-r-title");
    title.append("Review: ", name(state.case));
    const who = make("p", "iv-r-soft");
    who.append("Reviewer ", name(state.reviewer, "iv-r-strong"), `. ${state.progress}.`);
    const box = make("input"), label = make("label", "iv-r-check");
    box.type = "checkbox"; box.checked = state.second; box.dataset.hold = "second";
    box.addEventListener("change", () => line.ask("second", { on: box.checked }));
    label.append(box, make("span", "", "Blind second review"));
    label.title = "Other people's decisions stay hidden until you have decided.";
    bar.append(title, who, label);
    if (state.read_only) bar.append(make("p", "iv-r-warn", `Read only: ${state.read_only}.`));
    return bar;
  }

  function list() {
    const nav = make("nav", "iv-r-nav"), items = make("ol", "iv-r-list");
    nav.setAttribute("aria-label", "Findings");
    for (const row of state.list) {
      const item = make("li"), open = make("button", "iv-r-item"), top = make("span", "iv-r-itemtop");
      open.type = "button"; open.dataset.hold = `item-${row.id}`;
      if (row.id === state.finding.id) open.setAttribute("aria-current", "true");
      top.append(make("span", "iv-r-number", `${row.number}`), make("span", "iv-r-grade", row.grade), status(row));
      open.append(top, name(row.title, "iv-r-itemtitle"));
      open.addEventListener("click", () => line.ask("show", { finding: row.id }));
      item.append(open);
      items.append(item);
    }
    items.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const all = [...items.querySelectorAll("button")];
      all[Math.max(0, Math.min(all.length - 1, all.indexOf(event.target.closest("button")) + step))]?.focus();
      event.preventDefault();
    });
    nav.append(items);
    return nav;
  }

  function status(row) {
    const text = row.blind ? "first review hidden" : row.disagree ? "reviewers disagree" : row.status;
    const chip = make("span", `iv-r-status iv-r-${row.blind ? "blind" : row.status}`, text);
    if (row.mine) chip.append(make("span", "iv-r-mine", " ✓ you"));
    return chip;
  }

  function reading() {
    const f = state.finding, box = make("article", "iv-r-read"), h = make("h3", "iv-r-h3");
    box.tabIndex = 0; box.dataset.hold = "read";
    box.setAttribute("role", "region"); box.setAttribute("aria-label", `Finding ${state.at + 1}`);
    h.append(`Finding ${state.at + 1}: `, name(f.title));
    const facts = make("dl", "iv-r-facts");
    for (const [term, text] of [["Grade", `${f.grade}, ${f.means}`], ["Carries at most", f.ceiling], ["Confidence", f.confidence], ["Size", f.members]])
      facts.append(make("dt", "", term), make("dd", "", text));
    box.append(h, prose(f.statement, veil), facts, evidence(f), explanations(f), exhibits(f), posts(f, veil), limits(f), judgements(f));
    return box;
  }

  function limits(f) {
    const part = make("section"), items = make("ul");
    for (const limit of f.limits) items.append(make("li", "", limit));
    part.append(make("h4", "", "Limits"), items);
    return part;
  }

  function decision() {
    const f = state.finding, box = make("form", "iv-r-decide"), set = make("fieldset"), draft = (drafts[key()] ||= {});
    box.noValidate = true;
    set.append(make("legend", "", state.second && f.second ? "Your second review" : "Your decision"));
    const options = make("div", "iv-r-options"), grade = make("select", "iv-r-select"), reason = make("textarea", "iv-r-reason");
    const gradeField = make("label", "iv-r-field"), reasonField = make("label", "iv-r-field iv-r-wide"), go = make("button", "iv-r-go", "Write to the case log");
    const off = Boolean(state.read_only || f.waiting);
    for (const [value, text] of Object.entries(state.decide)) {
      const radio = make("input"), label = make("label", "iv-r-check");
      radio.type = "radio"; radio.name = `${id}-decision`; radio.value = value; radio.checked = draft.decision === value;
      radio.dataset.hold = `decide-${value}`;
      if (off || (value === "confirmed_by_human" && f.no_confirmation)) { radio.disabled = true; if (radio.checked) radio.checked = false; }
      radio.addEventListener("change", () => { draft.decision = value; gradeField.hidden = value !== "confirmed_by_human" || f.grades.length < 2; });
      label.append(radio, make("span", "", text));
      options.append(label);
    }
    for (const g of f.grades) { const o = make("option", "", g.text); o.value = g.grade; grade.append(o); }
    grade.value = draft.grade || f.grades[0]?.grade || "";
    grade.dataset.hold = "grade"; grade.addEventListener("change", () => { draft.grade = grade.value; });
    gradeField.append(make("span", "iv-r-fieldname", "Confirmed at grade"), grade);
    gradeField.hidden = draft.decision !== "confirmed_by_human" || f.grades.length < 2;
    reason.rows = 2; reason.value = draft.reason || ""; reason.dataset.hold = "reason"; reason.disabled = off;
    reason.addEventListener("input", () => { draft.reason = reason.value; });
    reason.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); box.requestSubmit(); } });
    reasonField.append(make("span", "iv-r-fieldname", "Reason (needed)"), reason);
    go.type = "submit"; go.dataset.hold = "go"; go.disabled = off; go.title = "Ctrl+Enter in the reason does the same";
    set.append(options, gradeField, reasonField, go);
    if (f.no_confirmation) set.append(make("p", "iv-r-soft iv-r-ceiling", f.no_confirmation));
    if (f.waiting) set.append(make("p", "iv-r-soft iv-r-ceiling", f.waiting));
    box.append(set);
    form = { free: () => { go.disabled = off; } };
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = box.querySelector("input:checked");
      if (!chosen) { say("Choose confirm, reject or inconclusive.", true); box.querySelector("input:enabled")?.focus(); return; }
      if (!reason.value.trim()) { say("Say why, in a sentence.", true); reason.setAttribute("aria-invalid", "true"); reason.focus(); return; }
      go.disabled = true;
      line.ask("judge", { finding: f.id, decision: chosen.value, reason: reason.value.trim(), grade: gradeField.hidden ? "" : grade.value });
    });
    return box;
  }

  function foot() {
    const box = make("footer", "iv-r-foot"), a = state.agreement, words = make("p", "iv-r-soft");
    words.append(make("strong", "", "Agreement of two reviewers: "), `${a.lead} ${a.lead.startsWith("No ") ? "" : a.note}`);
    box.append(words);
    if (state.call) { const code = make("p", "iv-r-soft iv-r-call"); code.append("The same in Python: ", make("code", "", state.call)); box.append(code); }
    return box;
  }

  // JupyterLab and the notebook act on letters and arrows that reach them.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  line.ask("look");
  return () => { document.removeEventListener("visibilitychange", away); line.stop(); root.remove(); };
}
