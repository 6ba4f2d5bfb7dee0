// Mouse, pen and fingers: one pointer moves the picture, a node or the lasso; two zoom and move.

const CLICK = 4;  // pixels a pointer may travel and still click

/**
 * `acts` are what the pointers lead to: pick, pan, zoom, hover, click(x, y, event), open(x, y), and, with tools: grab(i) -> bool, drag(dx, dy),
 * drop(), lasso(points, event), cancel(). `wantsLasso(event)` says whether a drag on empty ground draws.
 */
export function listenToPointers(canvas, acts, wantsLasso) {
  const down = new Map();
  let travelled = 0, deed = "", path = [];
  const spot = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

  function begin(event, at) {
    if (wantsLasso(event)) { deed = "lasso"; path = [at]; }
    else deed = acts.grab(acts.pick(...at)) ? "drag" : "pan";
  }
  function end(kept, event) {
    if (deed === "drag") { if (kept) acts.drop(); else acts.cancel(); }
    if (deed === "lasso") acts.lasso(kept && path.length > 2 ? path : [], event, true);
    deed = "";
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    canvas.setPointerCapture(event.pointerId);
    if (!down.size) travelled = 0; else end(false, event);
    down.set(event.pointerId, { now: spot(event), start: spot(event), event });
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = spot(event), held = down.get(event.pointerId);
    if (!held) { if (event.pointerType !== "touch") acts.hover(...now); return; }
    const before = held.now;
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    held.now = now;
    if (travelled < CLICK) return;
    acts.hover(-1, -1);
    if (down.size === 1) {
      if (!deed) begin(held.event, held.start);
      if (deed === "lasso") { path.push(now); acts.lasso(path, event, false); }
      else acts[deed === "drag" ? "drag" : "pan"](now[0] - before[0], now[1] - before[1]);
    } else {
      const other = [...down].find(([id]) => id !== event.pointerId)[1].now;
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(now[0] - other[0], now[1] - other[1]);
      if (was > 8 && is > 8) acts.zoom(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      acts.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    }
  });
  const up = (event) => {
    const held = down.get(event.pointerId), single = down.size === 1 && held;
    down.delete(event.pointerId);
    if (!single) return;
    if (deed) end(event.type === "pointerup", event);
    else if (event.type === "pointerup" && travelled < CLICK) acts.click(...spot(event), event);
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => { if (!down.size) acts.hover(-1, -1); });
  canvas.addEventListener("dblclick", (event) => acts.open(...spot(event)));
  // A wheel over the picture scrolls the page, unless the reader has clicked into it or holds Ctrl: no trap.
  canvas.addEventListener("wheel", (event) => {
    const root = canvas.getRootNode();
    if (!event.ctrlKey && !event.metaKey && root.activeElement !== canvas) { acts.note("click the picture first to zoom with the wheel"); return; }
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    acts.hover(-1, -1);
    acts.zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * 0.0016), ...spot(event));
  }, { passive: false });
  return { stop: (event) => { const was = deed; end(false, event); down.clear(); return was !== ""; } };
}
