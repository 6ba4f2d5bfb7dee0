// The picture itself on a 2D canvas: edges, nodes, labels. What is chosen is drawn above it, in overlay.js.

import { addEdge, addHead } from "./lines.js";
import { DASHES, INKS, addMarker, font, groupColour, short, write } from "./shapes.js";

const MANY_EDGES = 15000;    // above this a sample is drawn while the picture moves
const MOVING_EDGES = 12000;  // the size of that sample
const DASHED_EDGES = 6000;   // dash patterns and arrow heads are slow: left out where more than this are in sight
const SQUARES = 4000;        // above so many nodes markers are squares while the picture moves
const MARKED = 150;          // at most so many pins and marks are written at once

/** Colours of the page around an element, by name. */
export function readInk(element) {
  const css = getComputedStyle(element), ink = {};
  for (const name of INKS) ink[name] = css.getPropertyValue("--iv-" + name).trim() || "#777";
  return ink;
}

export const growth = (camera) => Math.min(4, Math.max(0.6, Math.pow(camera.k / camera.k0, 0.55)));

/** Sets a canvas to a size in page pixels; returns its context, scaled for the screen. */
export function fitCanvas(canvas, width, height) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
  canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
}

/** Draws on `canvas`; `state` holds model, camera, ink and the selection, and may change between calls. */
export function makePainter(canvas, state, stage, { alpha = false } = {}) {
  const g = canvas.getContext("2d", { alpha });

  // Edges that are switched on, piled by relation and width: one path each keeps the style changes few. Kept until a
  // switch or the scene changes, for all edges and for the sample.
  let piled = {};
  function pilesOf(size) {
    if (piled[size]) return piled[size];
    const { model } = state, piles = new Map();
    for (let q = 0; q < size; q++) {
      const e = model.order[q];
      if (!model.edgeShown(e)) continue;
      const key = model.relation[e] * 3 + model.width[e];
      if (piles.has(key)) piles.get(key).push(e); else piles.set(key, [e]);
    }
    return (piled[size] = [...piles].sort(([p], [q]) => p - q));
  }

  function drawEdges(moving) {
    const { model, camera, ink } = state, sample = moving && model.m > MANY_EDGES, heads = [];
    const dashed = !moving || model.m <= DASHED_EDGES, scale = growth(camera);
    g.strokeStyle = ink.edge;
    const faint = model.m > 20000 ? 0.16 : model.m > 4000 ? 0.26 : model.m > 800 ? 0.42 : 0.6;
    const clear = (width) => Math.min(1, faint * (0.8 + 0.3 * width) * (moving ? 1 : Math.max(1, scale)));
    for (const [key, list] of pilesOf(sample ? MOVING_EDGES : model.m)) {
      const width = key % 3;
      g.lineWidth = (model.m > 4000 ? 0.5 : 0.8) + 0.5 * width;
      g.globalAlpha = clear(width);
      g.setLineDash(dashed && list.length <= DASHED_EDGES ? DASHES[Math.floor(key / 3) % DASHES.length] : []);
      g.beginPath();
      let drawn = 0;
      for (const e of list) if (addEdge(g, model, camera, e)) {
        if (model.directed[e] && heads.length <= DASHED_EDGES) heads.push(e);
        if (++drawn % 400 === 0) { g.stroke(); g.beginPath(); }
      }
      g.stroke();
    }
    g.setLineDash([]);
    if (heads.length && heads.length <= (moving ? 1500 : DASHED_EDGES)) {
      g.globalAlpha = Math.min(1, 2 * clear(1)); g.fillStyle = ink.edge;
      g.beginPath();
      for (const e of heads) addHead(g, model, camera, e, scale);
      g.fill();
    }
    g.globalAlpha = 1;
    return sample;
  }

  // Each marker is filled by itself: one path with hundreds of them takes the rasteriser several times as long.
  function drawNodes(moving) {
    const { model, camera, ink } = state, { k, tx, ty, w, h } = camera, { x, y, radius } = model;
    const s = growth(camera), plain = moving && model.n > SQUARES;
    const rim = model.n <= (moving ? 600 : 3000);  // keeps touching markers apart
    g.strokeStyle = ink.bg; g.lineWidth = 1.5;
    for (const { group, shape, list } of model.alike) {
      if (model.hiddenGroups.has(group)) continue;
      g.fillStyle = ink[groupColour(group)];
      for (const i of list) {
        const px = k * x[i] + tx, py = ty - k * y[i], r = radius[i] * s;
        if (px <= -r || py <= -r || px >= w + r || py >= h + r) continue;
        if (plain) { g.fillRect(px - r, py - r, 2 * r, 2 * r); continue; }
        g.beginPath(); addMarker(g, shape, px, py, r);
        if (rim) g.stroke();
        g.fill();
      }
    }
  }

  /** Pins and marks stand at the upper right of their nodes; both are few, or only those in sight are drawn. */
  function drawMarks(taken) {
    const { model, camera, ink } = state, s = growth(camera);
    let written = 0;
    for (let i = 0; i < model.n && written < MARKED; i++) {
      const mark = model.mark(i);
      if ((!mark && !model.pinned[i]) || !model.nodeShown(i)) continue;
      const r = model.radius[i] * s, px = camera.k * model.x[i] + camera.tx + 0.75 * r, py = camera.ty - camera.k * model.y[i] - 0.75 * r;
      if (px < 0 || py < 0 || px > camera.w || py > camera.h) continue;
      written++;
      if (model.pinned[i]) {  // a pin, its point on the node
        g.beginPath(); g.moveTo(px, py); g.lineTo(px + 4, py - 5); g.moveTo(px + 8.6, py - 8); g.arc(px + 5.6, py - 8, 3, 0, 6.2832);
        g.strokeStyle = ink.bg; g.lineWidth = 4; g.stroke();
        g.strokeStyle = ink.ink; g.lineWidth = 1.5; g.stroke(); g.fillStyle = ink.ink; g.fill();
        taken.push([px, py - 12, px + 10, py]);
      }
      if (!mark) continue;
      const left = px + (model.pinned[i] ? 11 : 1), text = short(mark, 22);
      g.font = font(10);
      const wide = g.measureText(text).width + 8;
      if (taken.some((q) => left <= q[2] && left + wide >= q[0] && py - 14 <= q[3] && py >= q[1])) continue;
      g.beginPath(); g.roundRect(left, py - 14, wide, 14, 4);
      g.fillStyle = ink.panel; g.fill(); g.lineWidth = 1; g.strokeStyle = ink.muted; g.stroke();
      g.fillStyle = ink.ink; g.fillText(text, left + 4, py - 3.5);
      taken.push([left, py - 14, left + wide, py]);
    }
  }

  /** Group names while whole groups are in sight, then labels: of what is chosen first, then of large nodes where there is room. */
  function drawLabels() {
    const { model, camera, ink, selection } = state, { scene } = model, taken = [], s = growth(camera);
    const X = (i) => camera.k * model.x[i] + camera.tx, Y = (i) => camera.ty - camera.k * model.y[i];
    const free = (l, t, r, bt) => taken.every((q) => r < q[0] || l > q[2] || bt < q[1] || t > q[3]);
    drawMarks(taken);
    if (scene.groups.length > 1) model.members.forEach((list, group) => {
      if (!list.length || model.hiddenGroups.has(group)) return;
      let cx = 0, top = Infinity;
      for (const i of list) { cx += X(i); top = Math.min(top, Y(i)); }
      cx /= list.length;
      if (cx < 0 || cx > camera.w || top > camera.h || top < -60) return;
      const text = short(scene.groups[group].name, 34);
      g.font = font(13, 600);
      const half = g.measureText(text).width / 2, py = Math.max(16, top - 10 - 3 * s);
      cx = Math.max(half + 4, Math.min(camera.w - half - 4, cx));
      if (!free(cx - half, py - 13, cx + half, py + 4)) return;
      taken.push([cx - half, py - 13, cx + half, py + 4]);
      write(g, text, cx - half, py, 13, ink.ink, ink, 600);
    });
    // Where there are few markers, labels keep off them too.
    if (model.n <= 400) for (let i = 0; i < model.n; i++) if (model.nodeShown(i)) {
      const r = model.radius[i] * s * 0.8;
      taken.push([X(i) - r, Y(i) - r, X(i) + r, Y(i) + r]);
    }
    const label = (i, strong) => {
      const gap = model.radius[i] * s + (strong ? 8 : 3), px = X(i), py = Y(i) + 4;
      if (px < 0 || py < 10 || px > camera.w || py > camera.h) return false;
      const more = model.more(i), weight = strong ? 600 : 400;
      const text = short(scene.labels[i], strong ? 32 : 24) + (more ? `  +${more.toLocaleString("en")}` : "");
      g.font = font(11, weight);
      const wide = g.measureText(text).width, left = px + gap + wide < camera.w ? px + gap : px - gap - wide;
      if (!free(left, py - 10, left + wide, py + 3)) return false;
      taken.push([left, py - 10, left + wide, py + 3]);
      write(g, text, left, py, 11, strong ? ink.ink : ink.muted, ink, weight);
      return true;
    };
    let room = Math.round(Math.min(90, 6 + 10 * (camera.k / camera.k0)));
    const chosen = selection.size <= 40 ? selection : new Set();
    for (const i of chosen) if (room > -30 && model.nodeShown(i) && label(i, true)) room--;
    let tries = 3000;
    for (const i of model.bySize) {
      if (room <= 0 || tries <= 0) break;
      if (chosen.has(i) || !model.nodeShown(i) || X(i) < 0 || Y(i) < 0 || X(i) > camera.w || Y(i) > camera.h) continue;
      tries--;
      if (label(i, false)) room--;
    }
  }

  return {
    canvas,
    size(width, height) { fitCanvas(canvas, width, height); },
    /** After a switch or the scene has changed. */
    forget() { piled = {}; },
    /** The whole picture; true when only a sample of the edges was drawn. */
    draw(moving) {
      const { camera, ink } = state;
      g.fillStyle = ink.bg; g.fillRect(0, 0, camera.w, camera.h);
      const sample = drawEdges(moving);
      drawNodes(moving);
      if (!moving) drawLabels();
      return sample;
    },
    clear() { g.clearRect(0, 0, state.camera.w, state.camera.h); },
    destroy() {},
  };
}
