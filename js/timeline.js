// The time brush under the picture. While it is dragged or plays, the picture follows without a step in the history; letting go is the gesture.
// The brush ends a period where the next step begins; the kernel counts both ends in, so a microsecond is taken off on the way and put back.

import { mountBrush } from "./brush.js";
import { make } from "./dom.js";

export function timeline(app) {
  const box = make("section", "ivw-time"), holder = make("div", "ivw-brush");
  box.setAttribute("aria-label", "Time");
  box.append(holder);
  box.hidden = true;
  let brush = null, sent = "";
  const span = (start, end) => { const { to_us } = app.model.get("_brush"); return { start: Math.round(start), end: Math.round(end) - (end < to_us ? 1 : 0) }; };
  const shown = (range, { from_us, step_us }) => (range && (range[1] + 1 - from_us) % step_us === 0 ? [range[0], range[1] + 1] : range);
  const apply = (start, end) => { next = null; app.gesture("time", start === null || start === undefined ? {} : span(start, end)); };
  let asking = false, next = null;
  async function preview(start, end) {  // one question at a time; of those that wait only the last counts
    next = span(start, end);
    if (asking) return;
    asking = true;
    while (next) { const wanted = next; next = null; await app.peek(wanted); }
    asking = false;
  }
  return {
    box,
    update() {
      const data = app.model.get("_brush") || {}, range = shown(app.state.time || null, data);
      box.hidden = !data.bins || !data.bins.length;
      if (box.hidden) return;
      const now = JSON.stringify(data);
      if (!brush) brush = mountBrush(holder, { ...data, range }, { onChange: apply, onPreview: preview });
      else if (now !== sent) brush.setData({ ...data, range });
      else brush.setRange(range);
      sent = now;
    },
    destroy() { brush?.destroy(); },
  };
}
