// A bar between two parts that is dragged, or moved with the arrow keys, to give one of them more room.

import { make } from "./dom.js";

export function splitter(box, part, side) {
  const bar = make("div", `ivw-splitter ivw-${side}`), upright = side === "width";
  bar.tabIndex = 0;
  bar.setAttribute("role", "separator");
  bar.setAttribute("aria-orientation", upright ? "vertical" : "horizontal");
  bar.setAttribute("aria-label", upright ? "Width of the side panel" : "Height of the table");
  const size = () => (upright ? part.offsetWidth : part.offsetHeight), room = () => (upright ? box.clientWidth : box.clientHeight);
  const set = (pixels) => {
    const most = room() - (upright ? 340 : 240), now = Math.round(Math.max(upright ? 220 : 60, Math.min(most, pixels)));
    part.style.flexBasis = `${now}px`;
    bar.setAttribute("aria-valuenow", String(now)); bar.setAttribute("aria-valuemin", "60"); bar.setAttribute("aria-valuemax", String(Math.round(most)));
  };
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    const from = upright ? event.clientX : event.clientY, start = size();
    const drag = (e) => set(start + from - (upright ? e.clientX : e.clientY));
    const end = () => { bar.removeEventListener("pointermove", drag); bar.removeEventListener("pointerup", end); bar.removeEventListener("pointercancel", end); };
    bar.addEventListener("pointermove", drag); bar.addEventListener("pointerup", end); bar.addEventListener("pointercancel", end);
    event.preventDefault();
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 20, ArrowLeft: 20, ArrowDown: -20, ArrowRight: -20 }[event.key];
    if (!step) return;
    set(size() + step);
    event.preventDefault(); event.stopPropagation();
  });
  requestAnimationFrame(() => { bar.setAttribute("aria-valuenow", String(size())); });
  return bar;
}
