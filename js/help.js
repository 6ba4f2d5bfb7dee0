// The page of keys, in front of the workbench.

import { COMMANDS } from "./commands.js";
import { button, holdFocus, make } from "./dom.js";

const IN_PICTURE = [["Arrow keys", "Next node in that direction"], ["Space", "Select or deselect the node"], ["Enter", "Expand the node; open the link"], ["E", "Next link of the node (Shift+E: the one before)"], ["C", "Centre the node"],
  ["Shift+arrows", "Move the picture"], ["Alt+arrows", "Move the selected nodes"], ["+  −", "Zoom"], ["Shift+click", "Add to the selection, or take out"], ["Shift+drag", "Lasso; on a node it moves"], ["Double click", "Expand"], ["Drag a node", "Move it, and all selected ones"]];

export function openHelp(app) {
  const back = app.root.getRootNode().activeElement, shade = make("div", "ivw-shade"), box = make("div", "ivw-dialog ivw-help");
  box.setAttribute("role", "dialog"); box.setAttribute("aria-modal", "true"); box.setAttribute("aria-label", "Keyboard and help");
  const close = () => { shade.remove(); back?.focus?.(); };
  const head = make("div", "ivw-row"); head.append(make("h3", "", "Keyboard"), make("span", "ivw-spring"), button({ icon: "close", label: "Close" }, close));
  box.append(head, make("p", "ivw-soft", "Keys work while the workbench has the focus and nobody types in a field. Every step can be undone, without limit, and is kept in the case."));
  const columns = make("div", "ivw-keys");
  const part = (title, rows) => {
    const section = make("section"), dl = make("dl"); section.append(make("h4", "", title));
    for (const [key, text] of rows) { const dt = make("dt"); for (const k of key.split("  ")) dt.append(make("kbd", "", k), " "); dl.append(dt, make("dd", "", text)); }
    section.append(dl); columns.append(section);
  };
  const rows = (where) => COMMANDS.filter((c) => where.includes(c.where)).map((c) => [[c.key, ...(c.also || [])].join("  "), c.title]);
  part("With the selection", rows(["selection", "between", "identity"]));
  part("View", rows(["top", "tool", "menu", "view"]));
  part("In the picture", IN_PICTURE);
  part("Choose and go", rows(["none"]));
  box.append(columns);
  shade.append(box); app.root.append(shade);
  shade.addEventListener("keydown", (event) => { if (event.key === "Escape" || event.key === "?") { close(); event.preventDefault(); } event.stopPropagation(); if (event.key === "Tab") holdFocus(event, box); });
  shade.addEventListener("pointerdown", (event) => { if (event.target === shade) close(); });
  head.querySelector("button").focus();
}
