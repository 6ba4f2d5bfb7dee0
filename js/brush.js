// mountBrush(element, data, acts) -> {setData, setRange, play, pause, range, destroy}: a histogram of actions over time with a range to drag.
// data: bins (counts), from_us, to_us, step_us (width of a bin), range [a, b] in microseconds or null for all, label ("actions").
// acts: onChange(a, b) or onChange(null) when a change is done; onPreview(a, b), if given, while dragging and playing.

import { fitCanvas, readInk } from "./graph/paint.js";
import { watchTheme } from "./graph/theme.js";
import { make } from "./graph/panel.js";
import { spanText, ticksOf, timeText } from "./ticks.js";

const HEIGHT = 64, AXIS = 17, PLAY_MS = 700, KEYS_MS = 350, GRIP = 9, LABEL = 80;

export function mountBrush(el, given, acts = {}) {
  let data = { bins: [], from_us: 0, to_us: 1, step_us: 1, range: null }, range = null, timer = 0, later = 0, width = 0, drag = null, shownAt = -1, top = 1, total = 0;
  const root = make("div", "ivb"), bar = make("div", "ivb-bar"), plot = make("div", "ivb-plot"), canvas = make("canvas", "ivb-canvas"), text = make("span", "ivb-text"), count = make("span", "ivb-soft");
  root.dataset.lmSuppressShortcuts = "true";
  root.setAttribute("role", "group"); root.setAttribute("aria-label", "Period");
  canvas.setAttribute("role", "img");
  text.setAttribute("role", "status");

  const control = (sign, label, act) => { const b = make("button", "ivb-button", sign); b.type = "button"; b.title = label; b.setAttribute("aria-label", label); b.addEventListener("click", act); bar.append(b); return b; };
  control("‹", "One step earlier", () => { pause(); stepBy(-1); });
  const playing = control("▸", "Play: the period moves on", () => (timer ? pause() : play()));
  playing.classList.add("ivb-play");
  control("›", "One step later", () => { pause(); stepBy(1); });
  const grows = control("Grow", "When playing, the period grows instead of moving", () => grows.setAttribute("aria-pressed", String(grows.getAttribute("aria-pressed") !== "true")));
  grows.setAttribute("aria-pressed", "false");
  const all = control("All times", "Show all times", () => { pause(); set(null, true); });
  bar.append(text, count);

  const band = make("div", "ivb-band"), handles = [make("div", "ivb-handle"), make("div", "ivb-handle")];
  [[handles[0], "Start of the period"], [handles[1], "End of the period"], [band, "The whole period"]].forEach(([part, label], which) => {
    part.tabIndex = 0; part.setAttribute("role", "slider"); part.setAttribute("aria-label", label); part.setAttribute("aria-orientation", "horizontal");
    part.addEventListener("keydown", (event) => onKey(event, which));
    part.addEventListener("blur", () => flush());
  });
  handles[0].classList.add("ivb-start"); handles[1].classList.add("ivb-end");
  plot.append(canvas, band, ...handles);
  root.append(bar, plot);
  el.textContent = "";
  el.append(root);

  // --- time and pixels; edges of bins are where a range may begin and end -------------------------------------------
  const X = (us) => ((us - data.from_us) / (data.to_us - data.from_us)) * width, T = (px) => data.from_us + (px / width) * (data.to_us - data.from_us);
  const clamp = (us) => Math.min(data.to_us, Math.max(data.from_us, us));
  const snap = (us) => clamp(data.from_us + Math.round((us - data.from_us) / data.step_us) * data.step_us);
  const now = () => range || [data.from_us, data.to_us];
  const counted = ([a, b]) => {
    let n = 0;
    for (let k = 0; k < data.bins.length; k++) { const at = data.from_us + k * data.step_us; if (at + data.step_us > a && at < b) n += data.bins[k]; }
    return n;
  };

  // --- drawing -------------------------------------------------------------------------------------------------------
  function draw() {
    if (!width) return;
    const c = canvas.getContext("2d"), ink = readInk(root), [a, b] = now(), h = HEIGHT - AXIS;
    c.clearRect(0, 0, width, HEIGHT);
    c.fillStyle = ink.line; c.fillRect(0, h, width, 1);
    const bin = Math.max(1, X(data.from_us + data.step_us)), gap = bin > 4 ? 1 : 0;
    for (let k = 0; k < data.bins.length; k++) {
      if (!data.bins[k]) continue;
      const at = data.from_us + k * data.step_us, within = at + data.step_us > a && at < b, tall = Math.max(1.5, (data.bins[k] / top) * (h - 3));
      c.fillStyle = within ? ink.accent : ink.edge;
      c.globalAlpha = within ? (k === shownAt ? 1 : 0.85) : 0.45;
      c.fillRect(X(at), h - tall, Math.max(1, bin - gap), tall);
    }
    c.globalAlpha = 1;
    c.font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'; c.fillStyle = ink.muted;
    c.fillText("UTC", width - c.measureText("UTC").width, HEIGHT - 3);
    let end = -10;
    for (const tick of ticksOf(data.from_us, data.to_us, Math.max(1, Math.floor(width / LABEL)))) {
      const px = X(tick.at), wide = c.measureText(tick.text).width, left = Math.max(0, Math.min(px - wide / 2, width - wide - 32));
      c.fillStyle = ink.muted; c.fillRect(px, h, 1, tick.major ? 6 : 4);
      if (left < end + 8 || px > width - 24) continue;
      c.fillText(tick.text, left, HEIGHT - 3);
      end = left + wide;
    }
    const xa = X(a), xb = X(b);
    band.style.left = xa + "px"; band.style.width = Math.max(2, xb - xa) + "px";
    handles[0].style.left = xa + "px"; handles[1].style.left = xb + "px";
    root.classList.toggle("ivb-part", Boolean(range));
  }
  function words() {
    const [a, b] = now(), step = data.step_us, inside = range ? counted(range) : total, what = data.label || "actions";
    const period = `${timeText(a, step)} to ${timeText(b, step)} UTC`;
    text.textContent = range ? period : `All times: ${period}`;
    count.textContent = shownAt >= 0 && !drag
      ? `${timeText(data.from_us + shownAt * step, step)}: ${data.bins[shownAt].toLocaleString("en")} in ${spanText(step)}`
      : `${range ? `${inside.toLocaleString("en")} of ` : ""}${total.toLocaleString("en")} ${what}; tallest bar ${top.toLocaleString("en")} in ${spanText(step)}`;
    const values = [[a, timeText(a, step)], [b, timeText(b, step)], [a, period]];
    [...handles, band].forEach((part, k) => {
      part.setAttribute("aria-valuemin", data.from_us); part.setAttribute("aria-valuemax", data.to_us);
      part.setAttribute("aria-valuenow", values[k][0]); part.setAttribute("aria-valuetext", `${values[k][1]}${k < 2 ? " UTC" : ""}, ${inside.toLocaleString("en")} ${what}`);
    });
    canvas.setAttribute("aria-label", `Histogram of ${total.toLocaleString("en")} ${what} over time, in steps of ${spanText(step)}.`);
    all.disabled = !range;
  }
  const show = () => { draw(); words(); };

  // --- changing the range --------------------------------------------------------------------------------------------
  let unsent = false;
  const whole = (r) => !r || (r[0] <= data.from_us && r[1] >= data.to_us);
  function send() { clearTimeout(later); unsent = false; if (acts.onChange) { if (range) acts.onChange(range[0], range[1]); else acts.onChange(null); } }
  function flush() { if (unsent) send(); }
  /** `done`: true tells at once, "soon" after a pause in typing, false only previews. */
  function set(next, done) {
    const [a, b] = next || [];
    range = whole(next) ? null : [a, Math.max(b, a + Math.min(data.step_us, data.to_us - data.from_us))];
    show();
    if (done === true) send();
    else {
      if (acts.onPreview) acts.onPreview(...now());
      unsent = true;
      if (done === "soon") { clearTimeout(later); later = setTimeout(send, KEYS_MS); }
    }
  }
  /** Moves the period by k bins and keeps its length; false where it has come to an end. */
  function shifted(k) {
    const [a, b] = now(), by = k * data.step_us, move = Math.max(data.from_us - a, Math.min(data.to_us - b, by));
    return move ? [a + move, b + move] : null;
  }
  const firstPart = () => { const n = Math.max(1, Math.round(data.bins.length / 10)); return [data.from_us, clamp(data.from_us + n * data.step_us)]; };
  const lastPart = () => { const [a, b] = firstPart(); return [snap(data.to_us - (b - a)), data.to_us]; };
  function stepBy(k) { const next = range ? shifted(k) : k > 0 ? firstPart() : lastPart(); if (next) set(next, "soon"); }
  function tick() {
    const [a, b] = now(), grow = grows.getAttribute("aria-pressed") === "true";
    const next = grow ? (b < data.to_us ? [a, clamp(b + data.step_us)] : null) : shifted(1);
    if (!next) { pause(); return; }
    if (grow && whole(next)) { pause(); set(null, true); return; }
    set(next, acts.onPreview ? false : true);
  }
  function play() {
    if (timer || data.bins.length < 2) return;
    if (!range || range[1] >= data.to_us) set(range && range[0] > data.from_us ? [data.from_us, data.from_us + (range[1] - range[0])] : firstPart(), !acts.onPreview);
    timer = setInterval(tick, acts.playMs || PLAY_MS);
    playing.textContent = "❚❚"; playing.title = "Pause"; playing.setAttribute("aria-label", "Pause");
  }
  function pause() {
    if (!timer) return;
    clearInterval(timer); timer = 0;
    playing.textContent = "▸"; playing.title = "Play: the period moves on"; playing.setAttribute("aria-label", playing.title);
    flush();
  }

  // --- keyboard: each handle and the band between them -----------------------------------------------------------------
  function onKey(event, which) {
    const [a, b] = now(), step = data.step_us;
    const bins = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    let next;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (bins !== undefined) {
      const by = bins * (event.shiftKey ? 10 : 1);
      next = which === 2 ? shifted(by) : which === 0 ? [Math.min(snap(a + by * step), b - step), b] : [a, Math.max(snap(b + by * step), a + step)];
    } else if (event.key === "Home") next = which === 2 ? [data.from_us, data.from_us + (b - a)] : which === 0 ? [data.from_us, b] : [a, a + step];
    else if (event.key === "End") next = which === 2 ? [data.to_us - (b - a), data.to_us] : which === 0 ? [b - step, b] : [a, data.to_us];
    else if (event.key === "Escape" && range) { pause(); set(null, true); event.preventDefault(); return; }
    else return;
    event.preventDefault();
    pause();
    if (next) set([clamp(next[0]), clamp(next[1])], "soon");
  }

  // --- pointer: handles resize, the band moves, anywhere else draws a new range ------------------------------------------
  const spot = (event) => event.clientX - plot.getBoundingClientRect().left;
  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pause();
    const px = spot(event), [a, b] = now(), nearA = Math.abs(px - X(a)), nearB = Math.abs(px - X(b));
    const part = Math.min(nearA, nearB) <= GRIP ? (nearA < nearB || (nearA === nearB && px < X(a)) ? "start" : "end") : range && px > X(a) && px < X(b) ? "band" : "new";
    drag = { part, px, a, b, was: range, moved: false };
    shownAt = -1;
    plot.setPointerCapture(event.pointerId);
    (part === "start" ? handles[0] : part === "end" ? handles[1] : band).focus({ preventScroll: true });
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => {
    const px = spot(event);
    if (!drag) {
      const k = Math.floor((T(px) - data.from_us) / data.step_us), at = k >= 0 && k < data.bins.length ? k : -1;
      if (at !== shownAt) { shownAt = at; show(); }
      return;
    }
    if (!drag.moved && Math.abs(px - drag.px) < 3) return;
    drag.moved = true;
    const { part, a, b } = drag;
    if (part === "start") set([Math.min(snap(T(px)), b - data.step_us), b], false);
    else if (part === "end") set([a, Math.max(snap(T(px)), a + data.step_us)], false);
    else if (part === "band") { const by = snap(a + T(px) - T(drag.px)) - a, move = Math.max(data.from_us - a, Math.min(data.to_us - b, by)); set([a + move, b + move], false); }
    else { const [u, v] = [snap(T(Math.min(px, drag.px))), snap(T(Math.max(px, drag.px)))]; if (v > u) set([u, v], false); }
  });
  const up = (event) => {
    if (!drag) return;
    const { moved, was } = drag;
    drag = null;
    if (event.type === "pointercancel") { range = was; unsent = false; show(); if (moved && acts.onPreview) acts.onPreview(...now()); return; }
    if (moved) { send(); words(); }
  };
  plot.addEventListener("pointerup", up);
  plot.addEventListener("pointercancel", up);
  plot.addEventListener("pointerleave", () => { if (!drag && shownAt >= 0) { shownAt = -1; show(); } });
  plot.addEventListener("dblclick", () => { if (range) set(null, true); });

  // --- size, theme, data ---------------------------------------------------------------------------------------------
  const resize = () => {
    const w = plot.clientWidth;
    if (!w) return;  // a hidden frame has no size yet
    width = w;
    fitCanvas(canvas, w, HEIGHT);
    draw();
  };
  function setRange(next) {
    if (drag || timer || unsent) return;  // what is under the hand wins; it is told when it is let go
    range = next && !whole(next) ? [clamp(next[0]), clamp(next[1])] : null;
    show();
  }
  function setData(next) {
    data = { ...data, ...next };
    if (!(data.to_us > data.from_us)) data.to_us = data.from_us + Math.max(1, data.step_us);
    top = data.bins.reduce((p, q) => Math.max(p, q), 1);
    total = data.bins.reduce((p, q) => p + q, 0);
    if (next.range !== undefined) setRange(next.range);
    show();
  }
  const observer = new ResizeObserver(resize), unwatch = watchTheme(root, () => false, { recolour: draw, resize });
  observer.observe(plot);
  setData({ range: null, ...given });
  resize();
  return { root, setData, setRange, play, pause, get range() { return range; }, destroy() { pause(); clearTimeout(later); observer.disconnect(); unwatch(); el.textContent = ""; } };
}
