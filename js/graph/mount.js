// mount(element, scene, options) -> handle: one interactive graph. The same core serves reports and, later, widgets.
// options: theme "light" | "dark" | undefined (the reader's system decides), onSelect(index), onHover(index).

import { makeModel } from "./model.js";
import { makePainter } from "./paint.js";
import { buildFrame, buildLegend, buildSearch, button, fillCard, make } from "./panel.js";

export function mount(el, scene, options = {}) {
  const model = makeModel(scene), ui = buildFrame(el, scene);
  const camera = { k: 1, k0: 1, tx: 0, ty: 0, w: 1, h: 1 };
  const painter = makePainter(ui.canvas, ui.overlay, model, camera);
  let chosen = -1, hovered = -1, frame = 0, rest = 0, fitted = true;
  if (options.theme) ui.root.dataset.theme = options.theme;

  // --- drawing: at most once per frame; a full picture when the movement has stopped ---------------------------
  const paint = (moving) => {
    const sample = painter.draw(moving);
    painter.highlight(hovered >= 0 ? hovered : chosen);
    ui.note.textContent = sample ? "sample of edges shown while moving" : "";
  };
  const still = () => { if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(false); }); };
  const moving = () => {
    fitted = false;
    if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(true); });
    clearTimeout(rest); rest = setTimeout(still, 160);
  };
  const recolour = () => { painter.readColours(ui.root); legend.paint(); still(); };

  // --- camera: screen = (k x + tx, -k y + ty) ------------------------------------------------------------------
  function fit() {
    const [x0, y0, x1, y1] = model.box, narrow = camera.w < 560;
    const left = legend.box.open && !narrow ? legend.box.offsetWidth + 8 : 0;  // keep clear of the open legend
    const w = camera.w - left;
    camera.k = Math.min((w - 60) / (x1 - x0 || 0.2), (camera.h - 74) / (y1 - y0 || 0.2), camera.h);
    camera.k = camera.k0 = Math.max(camera.k, 1);
    camera.tx = left + w / 2 - (camera.k * (x0 + x1)) / 2;
    camera.ty = camera.h / 2 + 8 + (camera.k * (y0 + y1)) / 2;
    fitted = true;
    still();
  }
  function zoom(factor, px = camera.w / 2, py = camera.h / 2) {
    const k = Math.min(camera.k0 * 60, Math.max(camera.k0 * 0.3, camera.k * factor)), f = k / camera.k;
    camera.tx = px - (px - camera.tx) * f; camera.ty = py - (py - camera.ty) * f; camera.k = k;
    moving();
  }
  function pan(dx, dy) { camera.tx += dx; camera.ty += dy; moving(); }
  function centre(i) {
    camera.k = Math.max(camera.k, camera.k0 * 2.2);
    // the middle of what the legend and the card leave free
    const narrow = camera.w < 640, left = legend.box.open && !narrow ? legend.box.offsetWidth : 0;
    const right = ui.panel.hidden || narrow ? 0 : ui.panel.offsetWidth, below = ui.panel.hidden || !narrow ? 0 : ui.panel.offsetHeight;
    camera.tx = (left + camera.w - right) / 2 - camera.k * model.x[i];
    camera.ty = (camera.h - below) / 2 + camera.k * model.y[i];
    moving();
  }

  // --- choosing ------------------------------------------------------------------------------------------------
  const summary = () => {
    const nodes = [...Array(model.n).keys()].filter(model.nodeShown).length;
    let edges = 0;
    for (let e = 0; e < model.m; e++) if (model.edgeShown(e)) edges++;
    const hidden = model.n - nodes ? ` (${(model.n - nodes).toLocaleString("en")} switched off)` : "";
    return `${nodes.toLocaleString("en")} accounts${hidden}, ${edges.toLocaleString("en")} links, ${scene.groups.length} groups.`;
  };
  function select(i, follow) {
    chosen = i; hovered = -1; ui.hover.hidden = true;
    ui.panel.hidden = i < 0;
    ui.root.classList.toggle("ivg-open", i >= 0);
    if (i >= 0) {
      fillCard(ui.panel, model, i, (j) => select(j, true), () => { select(-1); ui.canvas.focus(); });
      ui.panel.scrollTop = 0;
      const linked = new Set(model.edgesOf(i).map((e) => model.other(e, i))).size;
      ui.status.textContent = `Chosen: ${scene.labels[i].slice(0, 80)}, linked with ${linked.toLocaleString("en")}. ${summary()}`;
      if (follow) centre(i);
    } else ui.status.textContent = summary();
    still();
    if (options.onSelect) options.onSelect(i);
  }
  function hover(i, px, py) {
    if (i !== hovered) {
      hovered = i;
      painter.highlight(i >= 0 ? i : chosen);
      ui.hover.hidden = i < 0;
      if (i >= 0) {
        ui.hover.textContent = "";
        const facts = (scene.cards[i] ? scene.cards[i].facts : []).slice(0, 3).map(([k, v]) => `${k}: ${v}`);
        const group = model.group[i] < 0 ? "no group" : scene.groups[model.group[i]].name;
        const name = make("strong"); name.append(make("bdi", "", scene.labels[i].slice(0, 120)));
        ui.hover.append(name, make("span", "", `${group} · ${model.degree[i].toLocaleString("en")} links`));
        for (const fact of facts) ui.hover.append(make("span", "", fact.slice(0, 80)));
      }
      if (options.onHover) options.onHover(i);
    }
    if (i >= 0) {
      const w = ui.hover.offsetWidth, h = ui.hover.offsetHeight;
      ui.hover.style.left = Math.max(4, Math.min(px + 14, camera.w - w - 6)) + "px";
      ui.hover.style.top = (py + 18 + h > camera.h ? Math.max(4, py - h - 12) : py + 18) + "px";
    }
  }
  const pick = (px, py) => model.pick((px - camera.tx) / camera.k, -(py - camera.ty) / camera.k, 14 / camera.k, camera.k, painter.grow());

  // --- controls ------------------------------------------------------------------------------------------------
  buildSearch(ui.bar, model, (i) => select(i, true));
  const buttons = make("div", "ivg-buttons");
  buttons.append(button("+", "Zoom in", () => zoom(1.4)), button("−", "Zoom out", () => zoom(1 / 1.4)), button("Fit", "Show the whole picture", fit));
  ui.bar.append(buttons);
  const legend = buildLegend(ui.bar, ui.stage, model, painter, () => { painter.forget(); ui.status.textContent = summary(); still(); });

  // --- pointers: one moves, two zoom and move ------------------------------------------------------------------
  const down = new Map();
  let travelled = 0;
  const spot = (event) => { const box = ui.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  ui.canvas.addEventListener("pointerdown", (event) => {
    ui.canvas.setPointerCapture(event.pointerId);
    if (!down.size) travelled = 0;
    down.set(event.pointerId, spot(event));
  });
  ui.canvas.addEventListener("pointermove", (event) => {
    const now = spot(event), before = down.get(event.pointerId);
    if (!before) { if (event.pointerType !== "touch") hover(pick(...now), ...now); return; }
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (travelled >= 4) hover(-1);
    if (down.size === 1) { if (travelled >= 4) pan(now[0] - before[0], now[1] - before[1]); }
    else {
      const other = [...down].find(([id]) => id !== event.pointerId)[1];
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(now[0] - other[0], now[1] - other[1]);
      if (was > 8 && is > 8) zoom(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    }
    down.set(event.pointerId, now);
  });
  const up = (event) => {
    const single = down.size === 1 && down.has(event.pointerId);
    down.delete(event.pointerId);
    if (event.type === "pointerup" && single && travelled < 4) select(pick(...spot(event)));
  };
  ui.canvas.addEventListener("pointerup", up);
  ui.canvas.addEventListener("pointercancel", up);
  ui.canvas.addEventListener("pointerleave", () => { if (!down.size) hover(-1); });
  // A wheel over the picture scrolls the page, unless the reader has clicked into it or holds Ctrl: no trap.
  ui.canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== ui.canvas) {
      ui.note.textContent = "click the picture first to zoom with the wheel";
      return;
    }
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    hover(-1);
    zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * 0.0016), ...spot(event));
  }, { passive: false });
  ui.canvas.addEventListener("keydown", (event) => {
    const act = { "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": fit, ArrowLeft: () => pan(50, 0),
      ArrowRight: () => pan(-50, 0), ArrowUp: () => pan(0, 50), ArrowDown: () => pan(0, -50), Escape: () => select(-1) }[event.key];
    if (act && !event.ctrlKey && !event.metaKey && !event.altKey) { act(); event.preventDefault(); }
  });
  ui.panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { select(-1); ui.canvas.focus(); } });
  legend.box.addEventListener("toggle", () => { if (fitted) fit(); });

  // --- size and theme ------------------------------------------------------------------------------------------
  const resize = () => {
    const w = ui.stage.clientWidth, h = ui.stage.clientHeight;
    if (!w || !h || (w === camera.w && h === camera.h)) return;  // a hidden frame has no size yet
    const first = camera.w === 1;
    if (first) legend.box.open = w >= 720;
    painter.size(w, h);
    legend.paint();
    if (first || fitted) fit(); else still();
  };
  const observer = new ResizeObserver(resize), dark = matchMedia("(prefers-color-scheme: dark)");
  painter.readColours(ui.root);
  observer.observe(ui.stage);
  resize();
  dark.addEventListener("change", recolour);
  ui.status.textContent = summary();

  const handle = {
    select, fit, zoom, camera,
    setTheme(theme) { if (theme) ui.root.dataset.theme = theme; else delete ui.root.dataset.theme; recolour(); },
    screenOf: (i) => ({ x: painter.X(i), y: painter.Y(i) }),
    destroy() { observer.disconnect(); dark.removeEventListener("change", recolour); clearTimeout(rest); el.textContent = ""; },
  };
  return handle;
}
