// Drawing on two canvases: the picture, and above it what is chosen or under the pointer.

import { COLOURS, DASHES, groupColour, groupShape } from "./model.js";

const MANY_EDGES = 15000;    // above this a sample is drawn while the picture moves
const MOVING_EDGES = 12000;  // the size of that sample
const DASHED_EDGES = 6000;   // dash patterns are slow: above this only in a picture at rest that shows fewer

export function makePainter(canvas, overlay, model, camera) {
  const g = canvas.getContext("2d"), o = overlay.getContext("2d");
  const { x, y, a, b, radius, scene } = model;
  let ink = {}, ratio = 1;
  const X = (i) => camera.k * x[i] + camera.tx, Y = (i) => -camera.k * y[i] + camera.ty;
  const grow = () => Math.min(4, Math.max(0.6, Math.pow(camera.k / camera.k0, 0.55)));
  const font = (size, weight) => `${weight || 400} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;

  function readColours(element) {
    const css = getComputedStyle(element);
    for (const name of ["bg", "ink", "muted", "edge", "accent", "other", ...Array.from({ length: COLOURS }, (_, i) => "c" + i)])
      ink[name] = css.getPropertyValue("--iv-" + name).trim() || "#777";
  }

  function size(width, height) {
    ratio = Math.min(3, window.devicePixelRatio || 1);
    for (const c of [canvas, overlay]) { c.width = Math.round(width * ratio); c.height = Math.round(height * ratio); }
    camera.w = width; camera.h = height;
  }

  function addMarker(c, shape, px, py, r) {
    if (r < 1.4) { c.rect(px - r, py - r, 2 * r, 2 * r); return; }
    if (shape === "circle") { c.moveTo(px + r, py); c.arc(px, py, r, 0, 6.2832); return; }
    if (shape === "plus" || shape === "cross") {
      const p = 1.25 * r, q = 0.45 * r, s = shape === "cross" ? Math.SQRT1_2 : 1, t = shape === "cross" ? Math.SQRT1_2 : 0;
      const corners = [[-q, -p], [q, -p], [q, -q], [p, -q], [p, q], [q, q], [q, p], [-q, p], [-q, q], [-p, q], [-p, -q], [-q, -q]];
      corners.forEach(([u, v], k) => c[k ? "lineTo" : "moveTo"](px + u * s - v * t, py + u * t + v * s));
      c.closePath();
      return;
    }
    const [corners, turn, scale] = { square: [4, 0.7854, 1.25], diamond: [4, 0, 1.3], triangle: [3, -1.5708, 1.4],
      down: [3, 1.5708, 1.4], hexagon: [6, 0, 1.15] }[shape];
    for (let k = 0; k < corners; k++) {
      const angle = turn + (6.2832 * k) / corners;
      c[k ? "lineTo" : "moveTo"](px + scale * r * Math.cos(angle), py + scale * r * Math.sin(angle));
    }
    c.closePath();
  }

  function addEdge(c, e) {
    let xa = X(a[e]), ya = Y(a[e]), xb = X(b[e]), yb = Y(b[e]);
    if ((xa < 0 && xb < 0) || (ya < 0 && yb < 0) || (xa > camera.w && xb > camera.w) || (ya > camera.h && yb > camera.h)) return false;
    if (model.slot[e]) {
      const length = Math.hypot(xb - xa, yb - ya) || 1, d = (3.2 * model.slot[e]) / length;
      const dx = (yb - ya) * d, dy = (xa - xb) * d;
      xa += dx; xb += dx; ya += dy; yb += dy;
    }
    c.moveTo(xa, ya); c.lineTo(xb, yb);
    return true;
  }

  // Edges that are switched on, piled by relation and width: one path each keeps the style changes few. Kept until a
  // switch changes, for all edges and for the sample.
  let piled = {};
  const forget = () => { piled = {}; };
  function pilesOf(count) {
    if (piled[count]) return piled[count];
    const piles = new Map();
    for (let q = 0; q < count; q++) {
      const e = model.order[q];
      if (!model.edgeShown(e)) continue;
      const key = model.relation[e] * 3 + model.width[e];
      if (piles.has(key)) piles.get(key).push(e); else piles.set(key, [e]);
    }
    return (piled[count] = piles);
  }

  function drawEdges(moving) {
    const sample = moving && model.m > MANY_EDGES, piles = pilesOf(sample ? MOVING_EDGES : model.m);
    const dashed = !moving || model.m <= DASHED_EDGES;
    g.strokeStyle = ink.edge;
    const faint = model.m > 20000 ? 0.16 : model.m > 4000 ? 0.26 : model.m > 800 ? 0.42 : 0.6;
    for (const key of [...piles.keys()].sort((p, q) => p - q)) {
      const width = key % 3, list = piles.get(key), dash = DASHES[Math.floor(key / 3) % DASHES.length];
      g.lineWidth = (model.m > 4000 ? 0.5 : 0.8) + 0.5 * width;
      g.globalAlpha = Math.min(1, faint * (0.8 + 0.3 * width));
      g.setLineDash(dashed && list.length <= DASHED_EDGES ? dash : []);
      g.beginPath();
      let drawn = 0;
      for (const e of list) if (addEdge(g, e) && ++drawn % 400 === 0) { g.stroke(); g.beginPath(); }
      g.stroke();
    }
    g.setLineDash([]); g.globalAlpha = 1;
    return sample;
  }

  function drawNodes(moving) {
    const s = grow(), plain = moving && model.n > 4000;  // squares are quicker than markers
    const paint = (group, list) => {
      if (model.hiddenGroups.has(group)) return;
      const shape = groupShape(group);
      g.beginPath();
      for (const i of list) {
        const px = X(i), py = Y(i), r = radius[i] * s;
        if (px > -r && py > -r && px < camera.w + r && py < camera.h + r) { if (plain) g.rect(px - r, py - r, 2 * r, 2 * r); else addMarker(g, shape, px, py, r); }
      }
      g.fillStyle = ink[groupColour(group)];
      if (model.n <= 3000) { g.strokeStyle = ink.bg; g.lineWidth = 1; g.stroke(); }  // a rim keeps touching markers apart
      g.fill();
    };
    paint(-1, model.free);
    model.members.forEach((list, group) => paint(group, list));
  }

  function write(c, text, px, py, style, weight) {
    c.font = font(style.size, weight);
    c.lineWidth = 3.5; c.lineJoin = "round"; c.strokeStyle = ink.bg; c.strokeText(text, px, py);
    c.fillStyle = style.ink; c.fillText(text, px, py);
  }
  const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);

  /** Group names while whole groups are in sight, then labels of large nodes where there is room for them. */
  function drawLabels() {
    const taken = [];
    const free = (l, t, r, bt) => taken.every((q) => r < q[0] || l > q[2] || bt < q[1] || t > q[3]);
    if (scene.groups.length > 1) model.members.forEach((list, group) => {
      if (!list.length || model.hiddenGroups.has(group)) return;
      let cx = 0, top = Infinity;
      for (const i of list) { cx += X(i); top = Math.min(top, Y(i)); }
      cx /= list.length;
      if (cx < 0 || cx > camera.w || top > camera.h || top < -60) return;
      const text = short(scene.groups[group].name, 34);
      g.font = font(13, 600);
      const half = g.measureText(text).width / 2, py = Math.max(16, top - 10 - 3 * grow());
      cx = Math.max(half + 4, Math.min(camera.w - half - 4, cx));
      if (!free(cx - half, py - 13, cx + half, py + 4)) return;
      taken.push([cx - half, py - 13, cx + half, py + 4]);
      write(g, text, cx - half, py, { size: 13, ink: ink.ink }, 600);
    });
    // Where there are few markers, labels keep off them too.
    if (model.n <= 400) for (let i = 0; i < model.n; i++) if (model.nodeShown(i)) {
      const r = radius[i] * grow() * 0.8;
      taken.push([X(i) - r, Y(i) - r, X(i) + r, Y(i) + r]);
    }
    const room = Math.round(Math.min(60, 6 + 10 * (camera.k / camera.k0)));
    let written = 0;
    for (const i of model.bySize) {
      if (written >= room) break;
      if (!model.nodeShown(i)) continue;
      const gap = radius[i] * grow() + 3, py = Y(i) + 4;
      if (X(i) < 0 || py < 10 || X(i) > camera.w || py > camera.h) continue;
      const text = short(scene.labels[i], 24);
      g.font = font(11);
      const wide = g.measureText(text).width;
      const px = X(i) + gap + wide < camera.w ? X(i) + gap : X(i) - gap - wide;
      if (!free(px, py - 10, px + wide, py + 3)) continue;
      taken.push([px, py - 10, px + wide, py + 3]);
      write(g, text, px, py, { size: 11, ink: ink.muted });
      written++;
    }
  }

  /** The whole picture; true when only a sample of the edges was drawn. */
  function draw(moving) {
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.fillStyle = ink.bg; g.fillRect(0, 0, camera.w, camera.h);
    const sample = drawEdges(moving);
    drawNodes(moving);
    if (!moving) drawLabels();
    return sample;
  }

  /** The chosen node `i` (or the one under the pointer) with its neighbours, over a dimmed picture. */
  function highlight(i) {
    o.setTransform(ratio, 0, 0, ratio, 0, 0);
    o.clearRect(0, 0, camera.w, camera.h);
    if (i < 0 || !model.nodeShown(i)) return;
    o.globalAlpha = 0.72; o.fillStyle = ink.bg; o.fillRect(0, 0, camera.w, camera.h); o.globalAlpha = 1;
    const edges = model.edgesOf(i), s = grow();
    o.strokeStyle = ink.ink;
    for (const e of edges) {
      o.lineWidth = 0.8 + 0.6 * model.width[e];
      o.setLineDash(DASHES[model.relation[e] % DASHES.length]);
      o.beginPath(); addEdge(o, e); o.stroke();
    }
    o.setLineDash([]);
    const near = [...new Set(edges.map((e) => model.other(e, i)))];
    for (const j of [...near, i]) {
      o.beginPath(); addMarker(o, groupShape(model.group[j]), X(j), Y(j), Math.max(2.5, radius[j] * s));
      o.fillStyle = ink[groupColour(model.group[j])]; o.fill();
    }
    o.beginPath(); o.arc(X(i), Y(i), radius[i] * s + 5, 0, 6.2832);
    o.lineWidth = 2.5; o.strokeStyle = ink.accent; o.stroke();
    for (const j of near.slice(0, 10)) write(o, short(scene.labels[j], 22), X(j) + radius[j] * s + 3, Y(j) + 4, { size: 11, ink: ink.muted });
    write(o, short(scene.labels[i], 40), X(i) + radius[i] * s + 8, Y(i) - 6, { size: 13, ink: ink.ink }, 600);
  }

  /** A small picture of a marker or line pattern for the legend. */
  function sample(element, paint) {
    const c = element.getContext("2d");
    element.width = 26 * ratio; element.height = 14 * ratio;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(c);
  }
  const groupSample = (element, group) => sample(element, (c) => {
    c.beginPath(); addMarker(c, groupShape(group), 13, 7, 5); c.fillStyle = ink[groupColour(group)]; c.fill();
  });
  const relationSample = (element, r) => sample(element, (c) => {
    c.setLineDash(DASHES[r % DASHES.length]); c.lineWidth = 1.8; c.strokeStyle = ink.ink;
    c.beginPath(); c.moveTo(0, 7); c.lineTo(26, 7); c.stroke();
  });

  return { readColours, forget, size, draw, highlight, groupSample, relationSample, X, Y, grow };
}
