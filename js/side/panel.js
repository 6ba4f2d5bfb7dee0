// The panel at the right: details, expand preview, evidence basket, history.

import { make, tabs } from "../dom.js";
import { buildBasket } from "./basket.js";
import { buildDetails } from "./details.js";
import { buildExpand } from "./expand.js";
import { buildHistory } from "./history.js";

export function buildSide(app) {
  const box = make("aside", "ivw-side");
  box.setAttribute("aria-label", "About the selection");
  const set = tabs([["details", "Details"], ["expand", "Expand"], ["basket", "Evidence"], ["history", "History"]], "Side panel", () => refresh());
  box.append(set.bar, set.panels);
  const details = buildDetails(app, set.panel("details")), expand = buildExpand(app, set.panel("expand"));
  const basket = buildBasket(app, set.panel("basket")), history = buildHistory(app, set.panel("history"));
  let what = null;
  function refresh(force = false) {
    if (set.current === "details") details.show(what, force);
    if (set.current === "expand") expand.show(app.selection, force);
  }
  return {
    box, basket, history, refresh,
    open: (key, focus) => set.open(key, focus),
    get current() { return set.current; },
    count: set.count,
    about(next, force) { what = next; refresh(force); },
    get what() { return what; },
    start() { set.open("details"); },
  };
}
