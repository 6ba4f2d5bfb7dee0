// The parts of a finding, each as an element. Text from data is only ever set as text.

import { make, name } from "../dom.js";

function cell(row, text, { tag = "td", cls = "" } = {}) {
  const element = make(tag, cls);
  if (tag === "th") element.scope = "row";
  element.append(name(text));
  row.append(element);
  return element;
}

function table(caption, heads, cls) {
  const box = make("div", "iv-r-scroll"), element = make("table", cls), top = make("tr"), head = make("thead"), body = make("tbody");
  for (const [text, kind] of heads) { const th = make("th", kind, text); th.scope = "col"; top.append(th); }
  head.append(top);
  element.append(make("caption", "iv-r-quiet", caption), head, body);
  // It scrolls sideways where there is little room, so it can be reached by keyboard.
  box.tabIndex = 0; box.setAttribute("role", "region"); box.setAttribute("aria-label", caption);
  box.append(element);
  return { box, body };
}

/** A text that may be hidden: the words, and a button where there is a reveal. */
export function prose(text, veil, tag = "p") {
  const box = make("div", text.hidden ? "iv-r-veiled" : "iv-r-plain"), words = make(tag, "iv-r-words", text.text);
  words.dir = "auto";
  box.dataset.ref = text.ref;
  box.append(words);
  if (text.hidden && !text.never) {
    const control = make("button", "iv-r-small", "Show");
    control.type = "button"; control.setAttribute("aria-expanded", "false"); control.dataset.hold = `veil-${text.ref}`;
    control.addEventListener("click", () => (box.classList.contains("iv-r-open") ? veil.hide(text.ref) : veil.show(text.ref)));
    box.append(control);
  }
  return box;
}

export function evidence(f) {
  const part = make("section"), heads = [["What was tested", ""], ["Observed", "iv-r-num"], ["Expected by chance", "iv-r-num"], ["q", "iv-r-num"], ["Units", "iv-r-num"], ["Family", ""]];
  const { box, body } = table("Evidence with what chance would give", heads, "iv-r-table");
  for (const e of f.evidence) {
    const row = make("tr"), first = cell(row, e.test, { tag: "th" });
    if (e.note) first.append(make("span", "iv-r-note", e.note));
    first.append(make("span", "iv-r-note", `Rows: ${e.where}`));
    cell(row, e.observed, { cls: "iv-r-num" });
    const expected = cell(row, e.expected, { cls: "iv-r-num" });
    if (e.ratio) expected.append(make("span", "iv-r-note", `observed: ${e.ratio} that`));
    cell(row, e.q, { cls: "iv-r-num" }); cell(row, e.n, { cls: "iv-r-num" }); cell(row, e.family);
    body.append(row);
  }
  part.append(make("h4", "", "Evidence"), box);
  return part;
}

const MARKS = { explains: "●", partly: "◐", "does not explain": "○", "not checked": "–" };

export function explanations(f) {
  const part = make("section"), items = make("ul", "iv-r-alternatives");
  for (const a of f.alternatives) {
    const item = make("li"), top = make("p"), mark = make("span", "iv-r-mark", MARKS[a.verdict] || "");
    mark.setAttribute("aria-hidden", "true");
    top.append(mark, make("strong", "", a.name), ": ", make("span", `iv-r-verdict iv-r-v-${a.verdict.replaceAll(" ", "-")}`, a.verdict), ". ");
    top.append(name(a.result));
    item.append(top, make("p", "iv-r-note", `Checked: ${a.checked}`));
    items.append(item);
  }
  part.append(make("h4", "", "Innocent explanations"), items);
  return part;
}

export function exhibits(f) {
  const part = make("section"), columns = make("div", "iv-r-columns");
  const kinds = [["supports", "For it"], ["contradicts", "Against it"], ...(f.exhibits.context.length ? [["context", "Context"]] : [])];
  for (const [stance, title] of kinds) {
    const box = make("div"), items = make("ul", "iv-r-exhibits"), found = f.exhibits[stance];
    for (const e of found) {
      const item = make("li"), top = make("p");
      top.append(make("strong", "", `${e.number} `), name(e.title));
      item.append(top);
      if (e.note) { const note = make("p"); note.append(name(e.note)); item.append(note); }
      item.append(make("p", "iv-r-note", `${e.confidence ? `Confidence ${e.confidence}; ` : ""}${e.by}, ${e.at}`));
      items.append(item);
    }
    box.append(make("h5", "", `${title} (${found.length})`), found.length ? items : make("p", "iv-r-note", "No exhibit pinned."));
    columns.append(box);
  }
  part.append(make("h4", "", "Exhibits"), columns);
  return part;
}

export function posts(f, veil) {
  const part = make("section");
  part.append(make("h4", "", "Posts that match most other members"));
  if (!f.posts.length) { part.append(make("p", "iv-r-note", "This finding rests on no posts in time.")); return part; }
  const items = make("ul", "iv-r-posts");
  for (const p of f.posts) {
    const item = make("li"), top = make("p", "iv-r-note");
    top.append(name(p.account, "iv-r-strong"), ` ${p.at} UTC, ${p.partners}`);
    item.append(top, prose(p, veil));
    items.append(item);
  }
  part.append(items, make("p", "iv-r-note", `${f.posts.length} of ${f.n_posts.toLocaleString("en")} matching posts, each text once; the others are in the workbench and in tables/posts.csv.`));
  return part;
}

export function judgements(f) {
  const part = make("section");
  part.append(make("h4", "", "Decisions so far"));
  if (f.blind) { part.append(make("p", "iv-r-note", "A first decision was made. It is kept from this page until you have decided.")); return part; }
  if (!f.judgements.length) { part.append(make("p", "iv-r-note", "None.")); return part; }
  if (f.disagree) part.append(make("p", "iv-r-warn", "The two reviewers disagree. The finding counts as inconclusive until somebody who has seen both decides."));
  const items = make("ul", "iv-r-exhibits");
  for (const j of f.judgements) {
    const item = make("li"), top = make("p");
    top.append(make("strong", "", `${j.decision}${j.grade ? ` at ${j.grade}` : ""}`), `${j.second ? ", second review" : ""}, by `, name(j.by), `${j.mine ? " (you)" : ""}, ${j.at}${j.note ? ` (${j.note})` : ""}`);
    const why = make("p"); why.append(name(j.reason));
    item.append(top, why);
    items.append(item);
  }
  part.append(items);
  return part;
}
