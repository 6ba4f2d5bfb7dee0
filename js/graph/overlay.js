// What is chosen, under the pointer, or being drawn around: on a second canvas, so that the picture below need not be drawn again.

import { addEdge, addHead, endsOf } from "./lines.js";
import { growth } from "./paint.js";
import { DASHES, addMarker, groupColour, short, write } from "./shapes.js";

const RINGS = 20000;       // more rings than this are not drawn: they cannot be told apart
const LIT_EDGES = 3000;    // at most so many edges of the selection are drawn strongly

export function makeOverlay(canvas, state) {
  const o = canvas.getContext("2d");
  const X = (i) => state.camera.k * state.model.x[i] + state.camera.tx, Y = (i) => state.camera.ty - state.camera.k * state.model.y[i];

  function strokeEdges(edges, extra) {
    const { model, camera, ink } = state, heads = [];
    o.strokeStyle = ink.ink;
    for (const e of edges) {
      o.lineWidth = 0.8 + 0.6 * model.width[e] + extra;
      o.setLineDash(DASHES[model.relation[e] % DASHES.length]);
      o.beginPath(); addEdge(o, model, camera, e); o.stroke();
      if (model.directed[e]) heads.push(e);
    }
    o.setLineDash([]);
    o.beginPath();
    for (const e of heads) addHead(o, model, camera, e, growth(camera));
    o.fillStyle = ink.ink; o.fill();
  }

  function strokeNodes(list) {
    const { model, camera, ink } = state, s = growth(camera);
    for (const j of list) {
      o.beginPath(); addMarker(o, model.shapeOf(j), X(j), Y(j), Math.max(2.5, model.radius[j] * s));
      o.strokeStyle = ink.bg; o.lineWidth = 1.5; o.stroke();
      o.fillStyle = ink[groupColour(model.group[j])]; o.fill();
    }
  }

  /** Node i with its neighbours; in a report over a dimmed picture. */
  function neighbourhood(i, dim) {
    const { model, camera, ink } = state, { scene } = model, s = growth(camera);
    if (dim) { o.globalAlpha = 0.72; o.fillStyle = ink.bg; o.fillRect(0, 0, camera.w, camera.h); o.globalAlpha = 1; }
    const edges = model.edgesOf(i).slice(0, LIT_EDGES);
    strokeEdges(edges, 0);
    const near = [...new Set(edges.map((e) => model.other(e, i)))];
    strokeNodes([...near, i]);
    for (const j of near.slice(0, 10)) write(o, short(scene.labels[j], 22), X(j) + model.radius[j] * s + 3, Y(j) + 4, 11, ink.muted, ink);
  }

  /** A ring that is seen on any ground: a line of the background on both sides. */
  function rings(list, extra) {
    const { model, camera, ink } = state, s = growth(camera);
    o.beginPath();
    let drawn = 0;
    for (const i of list) {
      if (!model.nodeShown(i)) continue;
      const px = X(i), py = Y(i), r = Math.max(3, model.radius[i] * s) * 1.25 + extra;
      if (px < -r || py < -r || px > camera.w + r || py > camera.h + r) continue;
      o.moveTo(px + r, py); o.arc(px, py, r, 0, 6.2832);
      if (++drawn >= RINGS) break;
    }
    const thin = drawn > 400;
    o.lineWidth = thin ? 3 : 5; o.strokeStyle = ink.bg; o.stroke();
    o.lineWidth = thin ? 1.5 : 2.5; o.strokeStyle = ink.ink; o.stroke();  // no group has this colour
  }

  return {
    canvas,
    draw() {
      const { model, camera, ink, tools, hovered, hoveredEdge, selection, focus, edge, lasso } = state;
      o.clearRect(0, 0, camera.w, camera.h);
      const shown = (i) => i >= 0 && i < model.n && model.nodeShown(i);
      if (tools) {
        if (selection.size === 1 && !shown(hovered)) for (const i of selection) if (shown(i)) neighbourhood(i, false);
        if (selection.size > 1 && selection.size <= 200) {
          const lit = new Set();
          for (const i of selection) for (const e of model.edgesOf(i)) if (selection.has(model.other(e, i))) lit.add(e);
          strokeEdges([...lit].slice(0, LIT_EDGES), 0);
          strokeNodes([...selection].filter(shown));
        }
        if (shown(hovered)) neighbourhood(hovered, false);
        if (hoveredEdge >= 0 && hoveredEdge !== edge) strokeEdges([hoveredEdge], 0.8);
      } else {
        const i = shown(hovered) ? hovered : state.chosen;
        if (shown(i)) neighbourhood(i, true);
      }
      if (edge >= 0 && edge < model.m && model.edgeShown(edge)) {
        const ends = endsOf(model, camera, edge);
        if (ends) {
          o.lineCap = "round"; o.globalAlpha = 0.35; o.lineWidth = 9; o.strokeStyle = ink.accent;
          o.beginPath(); o.moveTo(ends[0], ends[1]); o.lineTo(ends[2], ends[3]); o.stroke();
          o.lineCap = "butt"; o.globalAlpha = 1;
        }
        strokeEdges([edge], 1.2);
        strokeNodes([model.a[edge], model.b[edge]]);
      }
      if (tools) rings(selection, 2.5);
      else if (shown(hovered) || shown(state.chosen)) rings([shown(hovered) ? hovered : state.chosen], 3);
      const named = shown(hovered) ? hovered : tools ? (selection.size === 1 ? [...selection][0] : -1) : state.chosen;
      if (shown(named)) write(o, short(model.scene.labels[named], 40), X(named) + model.radius[named] * growth(camera) + 8, Y(named) - 6, 13, ink.ink, ink, 600);
      if (tools && shown(focus) && state.keyboard) {  // where the keyboard is: a dashed square, unlike the ring of the selection
        const r = Math.max(4, model.radius[focus] * growth(camera)) * 1.3 + 7;
        o.setLineDash([4, 3]);
        for (const [width, colour] of [[4, ink.bg], [2, ink.ink]]) { o.lineWidth = width; o.strokeStyle = colour; o.strokeRect(X(focus) - r, Y(focus) - r, 2 * r, 2 * r); }
        o.setLineDash([]);
        if (focus !== named) write(o, short(model.scene.labels[focus], 40), X(focus) + r + 5, Y(focus) - 6, 13, ink.ink, ink, 600);
      }
      if (lasso && lasso.length > 1) {
        o.beginPath();
        lasso.forEach(([px, py], k) => o[k ? "lineTo" : "moveTo"](px, py));
        o.closePath();
        o.globalAlpha = 0.12; o.fillStyle = ink.accent; o.fill(); o.globalAlpha = 1;
        o.setLineDash([5, 4]); o.lineWidth = 1.5; o.strokeStyle = ink.accent; o.stroke(); o.setLineDash([]);
      }
    },
  };
}
