// mount(element, scene, options) -> handle: one interactive graph; the same core in reports and in the workbench. See js/README.md for both sides.

import { makeCamera } from "./camera.js";
import { readingKeys, workingKeys } from "./keys.js";
import { buildLegend } from "./legend.js";
import { edgeNear, endsOf } from "./lines.js";
import { makeModel } from "./model.js";
import { makeOverlay } from "./overlay.js";
import { fitCanvas, growth, makePainter, readInk } from "./paint.js";
import { buildFrame, buildSearch, buildTools, fillCard, make } from "./panel.js";
import { listenToPointers } from "./pointer.js";
import { watchTheme } from "./theme.js";
import { edgeInWords, edgeWords, groupOf, linkedWith, moreInWords, nodeInWords, summaryOf } from "./words.js";

const REST = 160;       // ms without movement until the full picture is drawn
const GLIDE = 320;      // ms that nodes take to new places after a layout
const GLIDING = 12000;  // above so many nodes they jump
const NEAR_EDGE = 6;    // px

export function mount(el, scene, options = {}) {
  const tools = Boolean(options.tools), chrome = options.chrome !== false, tell = (name, ...given) => options[name] && options[name](...given);
  const ui = buildFrame(el, (scene && scene.title) || "Network", { chrome, tools });
  const camera = makeCamera();
  const state = { model: makeModel(scene), camera, ink: {}, tools, selection: new Set(), chosen: -1, hovered: -1, hoveredEdge: -1, edge: -1, focus: -1,
    keyboard: false, lasso: null, lassoTool: false, shifting: false };
  let frame = 0, overFrame = 0, rest = 0, fitted = true, glide = null, looked = 0, nudged = 0, alive = true;
  if (options.theme) ui.root.dataset.theme = options.theme;
  const painter = (options.painter || makePainter)(ui.canvas, state, ui.stage), overlay = makeOverlay(ui.overlay, state);

  // --- drawing: at most once per frame; a full picture when the movement has stopped ---------------------------
  const note = (text) => { if (ui.note.textContent !== text) ui.note.textContent = text; };
  const paint = (moving) => {
    frame = 0;
    const sample = painter.draw(moving);
    overlay.draw();
    note(sample ? "sample of edges shown while moving" : "");
  };
  const still = () => { if (!frame && alive) frame = requestAnimationFrame(() => paint(false)); };
  const over = () => { if (!overFrame && alive) overFrame = requestAnimationFrame(() => { overFrame = 0; overlay.draw(); }); };
  const moving = () => {
    if (!frame && alive) frame = requestAnimationFrame(() => paint(true));
    clearTimeout(rest); rest = setTimeout(still, REST);
  };
  const say = (text) => { ui.status.textContent = text; tell("onSay", text); };

  // --- camera --------------------------------------------------------------------------------------------------
  const narrow = () => camera.w < 640;
  const legendWidth = () => (legend.box.open && !narrow() ? legend.box.offsetWidth + 8 : 0);
  /** Says where one looks when the movement has ended: null for the whole picture. */
  const lookedAway = (whole = false, told = true) => {
    fitted = whole;
    if (options.onCamera && told) { clearTimeout(looked); looked = setTimeout(() => tell("onCamera", fitted ? null : { cx: camera.cx, cy: camera.cy, span: camera.span }), 300); }
    moving();
  };
  /** What the legend, folded or not, and the buttons beside it cover. */
  const covered = () => [legendWidth(), chrome ? 0 : 44, chrome || legend.box.hidden || legend.box.open ? 0 : 26];
  function fit(told = true) { camera.fit(state.model.box, ...covered()); lookedAway(true, told); still(); }
  function zoom(factor, px = camera.w / 2, py = camera.h / 2) { camera.zoom(factor, px, py); lookedAway(); }
  function pan(dx, dy) { camera.tx += dx; camera.ty += dy; lookedAway(); }
  function centre(i) {
    const { x, y } = state.model, open = !ui.panel.hidden;
    camera.k = Math.max(camera.k, camera.k0 * 2.2);
    // the middle of what the legend and the card leave free
    camera.tx = (legendWidth() + camera.w - (open && !narrow() ? ui.panel.offsetWidth : 0)) / 2 - camera.k * x[i];
    camera.ty = (camera.h - (open && narrow() ? ui.panel.offsetHeight : 0)) / 2 + camera.k * y[i];
    lookedAway();
  }
  const X = (i) => camera.k * state.model.x[i] + camera.tx, Y = (i) => camera.ty - camera.k * state.model.y[i];
  const intoView = (i) => { if (X(i) < 20 || Y(i) < 20 || X(i) > camera.w - 20 || Y(i) > camera.h - 20) { camera.look(state.model.x[i], state.model.y[i]); lookedAway(); } };

  // --- choosing: a report has one chosen account with its card, the workbench has a selection ---------------------
  function select(i, follow) {
    const { model } = state;
    state.chosen = i; state.selection = new Set(i < 0 ? [] : [i]); state.edge = -1;
    hover(-1);
    if (chrome) {
      ui.panel.hidden = i < 0;
      ui.root.classList.toggle("ivg-open", i >= 0);
      if (i >= 0) { fillCard(ui.panel, model, i, (j) => select(j, true), () => { select(-1); ui.canvas.focus(); }); ui.panel.scrollTop = 0; }
    }
    say(i >= 0 ? `Chosen: ${model.scene.labels[i].slice(0, 80)}, linked with ${linkedWith(model, i).toLocaleString("en")}. ${summaryOf(model)}` : summaryOf(model));
    if (i >= 0 && follow) centre(i);
    still();
    if (tools) tell("onSelect", i < 0 ? [] : [i], { mode: "set" }); else tell("onSelect", i);
  }
  /** What a gesture chooses: `mode` is set, add, remove or toggle. The caller is told the indices of the gesture, not the outcome. */
  function choose(indices, mode) {
    const next = new Set(mode === "set" ? [] : state.selection);
    for (const i of indices) if (mode === "remove" || (mode === "toggle" && next.has(i))) next.delete(i); else next.add(i);
    state.selection = next;
    if (chrome) ui.panel.hidden = true;
    say(next.size ? `${next.size.toLocaleString("en")} chosen${next.size === 1 ? ": " + nodeInWords(state.model, [...next][0], false) : "."}` : "Nothing chosen. " + summaryOf(state.model));
    still();
    tell("onSelect", [...indices], { mode });
  }
  const modeOf = (event) => (event.shiftKey ? "add" : event.ctrlKey || event.metaKey ? "remove" : "set");
  function chooseEdge(e) {
    if (state.edge === e) return;
    state.edge = e;
    if (e >= 0) say("Link: " + edgeInWords(state.model, e));
    over();
  }

  // --- the pointer over nodes and links ----------------------------------------------------------------------------
  const pick = (px, py) => {
    const s = growth(camera), reach = Math.max(14, state.model.maxRadius * s + 4);
    return state.model.pick((px - camera.tx) / camera.k, (camera.ty - py) / camera.k, reach / camera.k, camera.k, s);
  };
  function card(lines) {
    ui.hover.textContent = "";
    const name = make("strong"); name.append(make("bdi", "", lines[0].slice(0, 120)));
    ui.hover.append(name);
    for (const text of lines.slice(1)) ui.hover.append(make("span", "", text.slice(0, 120)));
  }
  function hover(i, px, py, e = -1) {
    const { model } = state, { scene } = model;
    if (i !== state.hovered || e !== state.hoveredEdge) {
      const told = i !== state.hovered;
      state.hovered = i; state.hoveredEdge = e;
      ui.hover.hidden = i < 0 && e < 0;
      ui.canvas.style.cursor = i >= 0 || e >= 0 ? "pointer" : "";
      if (i >= 0) {
        const facts = scene.cards && scene.cards[i] ? scene.cards[i].facts : [];
        const kind = scene.kinds.length > 1 ? model.kindName(i) + " · " : "", mark = model.mark(i);
        card([scene.labels[i], `${kind}${groupOf(model, i)} · ${model.degree[i].toLocaleString("en")} links`, ...(model.more(i) ? [moreInWords(model, i)] : []), ...(mark ? [mark] : []),
          ...(model.pinned[i] ? ["position pinned"] : []), ...facts.slice(0, 3).map(([k, v]) => `${k}: ${v}`.slice(0, 80))]);
      } else if (e >= 0) card([`${scene.labels[model.a[e]].slice(0, 50)} ${model.directed[e] ? "→" : "–"} ${scene.labels[model.b[e]].slice(0, 50)}`, edgeWords(model, e)]);
      over();
      if (told) tell("onHover", i);
    }
    if (i >= 0 || e >= 0) {
      const w = ui.hover.offsetWidth, h = ui.hover.offsetHeight;
      ui.hover.style.left = Math.max(4, Math.min(px + 14, camera.w - w - 6)) + "px";
      ui.hover.style.top = (py + 18 + h > camera.h ? Math.max(4, py - h - 12) : py + 18) + "px";
    }
  }

  // --- moving nodes -----------------------------------------------------------------------------------------------
  let held = null;
  function hold(i) {
    const indices = state.selection.has(i) ? [...state.selection] : [i], { x, y } = state.model;
    held = { indices, from: indices.map((j) => [x[j], y[j]]) };
  }
  function shift(dx, dy) {
    const { x, y } = state.model;
    for (const j of held.indices) { x[j] += dx / camera.k; y[j] -= dy / camera.k; }
    state.shifting = true;
    moving();
  }
  function drop() {
    const { x, y } = state.model, moved = held.indices.map((i) => ({ i, x: x[i], y: y[i] }));
    held = null; state.shifting = false;
    state.model.moved(); painter.forget();
    say(`Moved ${moved.length.toLocaleString("en")}.`);
    still();
    tell("onMove", moved);
  }
  function putBack() {
    if (!held) return;
    held.indices.forEach((j, k) => { [state.model.x[j], state.model.y[j]] = held.from[k]; });
    held = null; state.shifting = false;
    painter.forget();
    still();
  }
  const movable = () => tools && options.movable !== false;
  function settle() { clearTimeout(nudged); if (nudged && held) drop(); nudged = 0; }

  // --- controls ------------------------------------------------------------------------------------------------
  function setTool(name) {
    const on = tools && name === "lasso";
    if (on === state.lassoTool) return;
    state.lassoTool = on;
    ui.root.classList.toggle("ivg-drawing", state.lassoTool);
    buttons.press(state.lassoTool);
    tell("onTool", state.lassoTool ? "lasso" : "move");
  }
  const flipTool = () => setTool(state.lassoTool ? "move" : "lasso");
  if (chrome) buildSearch(ui.bar, state, (i) => select(i, true));
  const buttons = buildTools(chrome ? ui.bar : ui.stage, { zoom, fit, lasso: tools && options.buttons !== false ? flipTool : null });
  if (options.buttons === false) buttons.buttons.hidden = true;
  const legend = buildLegend(ui.stage, state, {
    changed() { painter.forget(); say(summaryOf(state.model)); still(); },
    choose(list, event) { choose(list, event.shiftKey ? "add" : "set"); },
  });
  legend.box.hidden = options.legend === false;

  const edgeAtPointer = (px, py) => (tools ? edgeNear(state.model, camera, px, py, NEAR_EDGE) : -1);
  const pointers = listenToPointers(ui.canvas, {
    pick, pan, zoom, note,
    hover(px, py) {
      if (px < 0) return hover(-1);
      const i = pick(px, py);
      hover(i, px, py, i < 0 ? edgeAtPointer(px, py) : -1);
    },
    click(px, py, event) {
      const i = pick(px, py), several = event.shiftKey || event.ctrlKey || event.metaKey;
      state.keyboard = false;
      if (!tools) return select(i);
      if (i >= 0) { state.focus = i; state.edge = -1; return choose([i], several ? "toggle" : "set"); }
      const e = edgeAtPointer(px, py);
      chooseEdge(e);
      if (e >= 0) tell("onEdge", e);
      else if (!several && state.selection.size) choose([], "set");
    },
    open(px, py) { const i = pick(px, py); if (tools && i >= 0) tell("onOpen", i); },
    grab(i) { if (i < 0 || !movable()) return false; settle(); hold(i); return true; },
    drag: shift, drop, cancel: putBack,
    lasso(points, event, done) {
      state.lasso = done ? null : points;
      over();
      if (done && points.length) choose(state.model.inside(points.map(([px, py]) => [(px - camera.tx) / camera.k, (camera.ty - py) / camera.k])), modeOf(event));
    },
  }, (event) => tools && (state.lassoTool || event.altKey || (event.shiftKey && pick(...spotOf(event)) < 0)));
  const spotOf = (event) => { const box = ui.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

  // --- keyboard ------------------------------------------------------------------------------------------------
  function stand(i) {
    state.focus = i; state.keyboard = true; state.edge = -1;
    intoView(i);
    say(nodeInWords(state.model, i, state.selection.has(i)));
    over();
  }
  function startAt() {
    const { model } = state;
    if (state.focus >= 0 && state.focus < model.n && model.nodeShown(state.focus)) return state.focus;
    let best = -1, least = Infinity;
    for (const i of state.selection.size ? state.selection : model.x.keys()) {
      const d = Math.hypot(X(i) - camera.w / 2, Y(i) - camera.h / 2);
      if (d < least && model.nodeShown(i)) { least = d; best = i; }
    }
    return best;
  }
  const keys = tools ? workingKeys({
    pan, zoom, fit, lasso: flipTool,
    go(dx, dy) {
      const i = startAt();
      if (i < 0) return;
      if (i !== state.focus || !state.keyboard) return stand(i);
      const next = state.model.towards(i, dx, dy);
      if (next >= 0) stand(next); else say("No node further that way. " + nodeInWords(state.model, i, state.selection.has(i)));
    },
    nudge(dx, dy) {
      if (!movable()) return;
      const i = state.focus;
      if (!nudged) { if (state.selection.size) hold([...state.selection][0]); else if (i >= 0) hold(i); else return; }
      shift(dx, dy);
      clearTimeout(nudged); nudged = setTimeout(settle, 500);
    },
    enter() { if (state.edge >= 0) tell("onEdge", state.edge); else if (state.focus >= 0) tell("onOpen", state.focus); },
    toggle() { if (state.focus >= 0) choose([state.focus], "toggle"); },
    all() { choose([...state.model.x.keys()].filter(state.model.nodeShown), "set"); },
    centre() { if (state.focus >= 0) centre(state.focus); },
    nextEdge(step) {
      const list = state.focus >= 0 ? state.model.edgesOf(state.focus) : [];
      if (!list.length) return say("No link here.");
      const at = list.indexOf(state.edge), k = at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length;
      state.edge = list[k];
      say(`Link ${k + 1} of ${list.length}: ${edgeInWords(state.model, list[k])}`);
      over();
    },
    clear() {
      if (pointers.stop({})) return;
      if (state.lassoTool) return setTool("move");
      if (state.edge >= 0) return chooseEdge(-1);
      if (state.selection.size) choose([], "set");
    },
  }) : readingKeys({ pan, zoom, fit, clear: () => select(-1) });
  ui.canvas.addEventListener("keydown", keys);
  ui.canvas.addEventListener("blur", () => { settle(); state.keyboard = false; over(); });
  ui.canvas.addEventListener("focus", () => {
    if (!tools || !ui.canvas.matches(":focus-visible")) return;
    const i = startAt();
    if (i >= 0) stand(i);
  });
  ui.panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { select(-1); ui.canvas.focus(); } });
  legend.box.addEventListener("toggle", () => { if (fitted) fit(); });

  // --- a new scene: what is chosen and where one looks stay ---------------------------------------------------------
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  function step(now) {
    if (!glide || !alive) return;
    const t = Math.min(1, (now - glide.start) / GLIDE), f = t * t * (3 - 2 * t), { x, y } = state.model;
    for (const [i, xa, ya, xb, yb] of glide.list) { x[i] = xa + (xb - xa) * f; y[i] = ya + (yb - ya) * f; }
    if (t < 1) { requestAnimationFrame(step); painter.draw(true); overlay.draw(); } else { glide = null; state.shifting = false; painter.forget(); still(); }
  }
  function setScene(next, { keepCamera = true, animate = true } = {}) {
    const before = state.model, model = makeModel(next), empty = !before.n;
    pointers.stop({}); settle();
    held = glide = null; state.shifting = false;
    if (before.n) {
      const at = model.indexOf(), now = (i) => (i >= 0 && i < before.n ? at.get(before.scene.ids[i]) ?? -1 : -1), list = [];
      if (animate && model.n <= GLIDING && !calm()) for (let i = 0; i < before.n; i++) {
        const j = now(i);
        if (j >= 0 && (Math.abs(before.x[i] - model.x[j]) > 1e-4 || Math.abs(before.y[i] - model.y[j]) > 1e-4)) list.push([j, before.x[i], before.y[i], model.x[j], model.y[j]]);
      }
      const edge = state.edge >= 0 ? [now(before.a[state.edge]), now(before.b[state.edge]), before.scene.relations[before.relation[state.edge]]] : null;
      state.selection = new Set([...state.selection].map(now).filter((i) => i >= 0));
      state.focus = now(state.focus); state.chosen = now(state.chosen);
      state.edge = !edge || edge[0] < 0 ? -1 : model.edgesOf(edge[0]).find((e) => model.other(e, edge[0]) === edge[1] && model.scene.relations[model.relation[e]] === edge[2]) ?? -1;
      if (list.length) { state.shifting = true; glide = { list, start: performance.now() }; for (const [i, xa, ya] of list) { model.x[i] = xa; model.y[i] = ya; } }
    }
    state.model = model; state.hovered = state.hoveredEdge = -1; ui.hover.hidden = true;
    ui.canvas.setAttribute("aria-label", ui.canvas.getAttribute("aria-label").replace(before.scene.title, () => model.scene.title));
    painter.forget();
    legend.build(); legend.paint();
    if (camera.w > 1) { if (!keepCamera || empty) fit(false); else still(); }
    if (glide) requestAnimationFrame(step);
  }

  // --- size and theme ------------------------------------------------------------------------------------------
  const resize = () => {
    const w = ui.stage.clientWidth, h = ui.stage.clientHeight, ratio = window.devicePixelRatio;
    if (!w || !h || (w === camera.w && h === camera.h && ratio === camera.ratio)) return;  // a hidden frame has no size yet
    const first = camera.w === 1;
    if (first) legend.box.open = options.legend !== "closed" && w >= 720;
    painter.size(w, h);
    fitCanvas(ui.overlay, w, h);
    if (!first && !fitted) { camera.tx += (w - camera.w) / 2; camera.ty += (h - camera.h) / 2; }
    Object.assign(camera, { w, h, ratio });
    state.ink = readInk(ui.root);  // a part of a page that was not yet shown has no colours
    legend.paint();
    if (first && wanted) { setCamera(wanted); wanted = null; } else if (first || fitted) fit(false);
    paint(false);  // at once: a canvas of a new size is empty
  };
  let wanted = null;
  function setCamera(to) {
    if (camera.w === 1) { wanted = to; return; }  // no size yet: when there is one
    if (to.span) { camera.fit(state.model.box, ...covered()); camera.look(to.cx, to.cy, Math.min(camera.w, camera.h) / to.span); } else Object.assign(camera, to);
    fitted = false;
    still();
  }
  const recolour = () => { state.ink = readInk(ui.root); legend.paint(); still(); };
  state.ink = readInk(ui.root);
  legend.build();
  const observer = new ResizeObserver(resize), unwatch = watchTheme(ui.root, () => Boolean(options.theme), { recolour, resize });
  observer.observe(ui.stage);
  resize();
  say(summaryOf(state.model));

  return {
    root: ui.root, canvas: ui.canvas, select, fit, zoom, centre, setScene, setTool,
    get camera() { return camera; },
    set camera(to) { setCamera(to); },
    get selection() { return [...state.selection]; },
    get focus() { return state.focus; },
    get model() { return state.model; },
    /** Shows a selection without telling anybody. */
    setSelection(indices) { state.selection = new Set([...indices].filter((i) => i >= 0 && i < state.model.n)); still(); },
    setEdge(e) { state.edge = e; over(); },
    setTheme(theme) { options.theme = theme; if (theme) ui.root.dataset.theme = theme; else delete ui.root.dataset.theme; recolour(); },
    screenOf: (i) => ({ x: X(i), y: Y(i) }),
    /** The middle of an edge on the screen; null where it is out of sight. */
    edgeAt(e) { const ends = endsOf(state.model, camera, e); return ends && { x: (ends[0] + ends[2]) / 2, y: (ends[1] + ends[3]) / 2 }; },
    destroy() {
      alive = false;
      observer.disconnect(); unwatch(); painter.destroy();
      for (const timer of [rest, looked, nudged]) clearTimeout(timer);
      cancelAnimationFrame(frame); cancelAnimationFrame(overFrame);
      el.textContent = "";
    },
  };
}
