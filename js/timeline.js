// The time brush under the picture. Until the kernel sends a histogram there is nothing to show.

import { mountBrush } from "./brush.js";
import { make } from "./dom.js";

export function timeline(app) {
  const box = make("section", "ivw-time"), holder = make("div", "ivw-brush");
  box.setAttribute("aria-label", "Time");
  box.append(holder);
  box.hidden = true;
  let brush = null, sent = "";
  const apply = (start, end) => app.gesture("time", start === null || start === undefined ? {} : { start: Math.round(start), end: Math.round(end) });
  return {
    box,
    update() {
      const data = app.model.get("_brush") || {}, range = app.state.time || null;
      box.hidden = !data.bins || !data.bins.length;
      if (box.hidden) return;
      const now = JSON.stringify(data);
      if (!brush) brush = mountBrush(holder, { ...data, range }, { onChange: apply });
      else if (now !== sent) brush.setData({ ...data, range });
      else brush.setRange(range);
      sent = now;
    },
    destroy() { brush?.destroy(); },
  };
}
