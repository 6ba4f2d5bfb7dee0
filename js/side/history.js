// What was done, in words; a click goes back (or forward) to there. The same as Python can be copied.

import { button, make, number } from "../dom.js";

export function buildHistory(app, panel) {
  const tools = make("div", "ivw-row"), out = make("pre", "ivw-code"), list = make("ol", "ivw-history");
  out.hidden = true; out.tabIndex = 0; out.setAttribute("aria-label", "Python that rebuilds this view");
  tools.append(button({ text: "Copy as Python", icon: "code", label: "Copy as Python: the code that rebuilds this view" }, async () => {
    const code = await app.quiet("to_code");
    if (code === null || code === undefined) return;
    out.textContent = code; out.hidden = false;
    try { await navigator.clipboard.writeText(code); app.say("Copied."); } catch { app.say("The browser did not allow copying; the code is shown below."); }
  }));
  panel.append(tools, out, list);

  function update() {
    const { first, done, undone } = app.history, position = first + done.length;
    list.textContent = "";
    const entry = (at, text, more = "") => {
      const item = make("li"), go = button({ cls: "ivw-step" }, () => app.quiet("go_to", { position: at }));
      go.append(make("span", "", text));
      if (at === position) { go.setAttribute("aria-current", "step"); more = "now"; }
      if (more) go.append(make("span", "ivw-soft", more));
      if (at > position) { go.classList.add("ivw-undone"); go.title = "Undone; a click does it again"; }
      item.append(go); list.append(item);
    };
    for (let i = undone.length; i > 0; i--) entry(position + i, undone[i - 1].text, "undone");
    for (let i = done.length; i > 0; i--) entry(first + i, done[i - 1].text, done[i - 1].at || "");
    if (first) list.append(make("li", "ivw-soft", `${number(first)} earlier steps: undo reaches them`));
    entry(0, "The view as it was first opened");
    out.hidden = true;
  }
  return { update };
}
