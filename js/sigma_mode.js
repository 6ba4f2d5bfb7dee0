// Optional WebGL: while the picture moves, sigma draws all nodes and edges; at rest the canvas draws over it what it always draws, so that markers,
// line patterns, heads and labels are the same. Pass `makeSigmaPainter` as option `painter` of mount(). Without WebGL2 it is the canvas alone.

import { Graph } from "graphology";
import Sigma from "sigma";
import { EdgeLineProgram, NodePointProgram } from "sigma/rendering";
import { growth, makePainter } from "./graph/paint.js";
import { groupColour } from "./graph/shapes.js";

const SIDE = { x: [-1, 1], y: [-1, 1] };  // sigma's frame; the camera makes up for the rest

/** Whether this browser draws with WebGL2 at all. */
export function webglWorks() {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
}

/** One colour over another: sigma's lines are opaque, so crossing lines do not add up and may be stronger than on the canvas. */
function mixed(over, under, alpha) {
  const parts = (colour) => (/^#[0-9a-f]{6}$/i.test(colour) ? [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16)) : [119, 119, 119]);
  const [p, q] = [parts(over), parts(under)];
  return "#" + p.map((v, k) => Math.round(v * alpha + q[k] * (1 - alpha)).toString(16).padStart(2, "0")).join("");
}

function graphOf(state) {
  const { model, ink } = state, graph = new Graph({ multi: true, type: "directed" });
  for (let i = 0; i < model.n; i++) {
    if (model.nodeShown(i)) graph.addNode(i, { x: model.x[i], y: model.y[i], size: Math.max(1, model.radius[i]), color: ink[groupColour(model.group[i])] });
  }
  const faint = model.m > 20000 ? 0.3 : model.m > 4000 ? 0.4 : 0.6;
  const shades = [0, 1, 2].map((w) => mixed(ink.edge, ink.bg, faint * (0.8 + 0.3 * w)));
  for (let e = 0; e < model.m; e++) if (model.edgeShown(e)) graph.addEdge(model.a[e], model.b[e], { size: 1, color: shades[model.width[e]] });
  return graph;
}

export function makeSigmaPainter(canvas, state, stage) {
  const plain = makePainter(canvas, state, stage, { alpha: true });
  if (!webglWorks()) return plain;
  const box = document.createElement("div");
  box.className = "ivg-webgl";
  box.setAttribute("aria-hidden", "true");
  stage.prepend(box);
  let sigma = null, stale = true, inked = null, lost = false;

  function give() { lost = true; if (sigma) { sigma.kill(); sigma = null; } box.remove(); }
  function ready() {
    if (lost || !box.clientWidth || !box.clientHeight) return false;  // no room yet
    try {
      if (!sigma) {
        sigma = new Sigma(graphOf(state), box, {
          defaultNodeType: "point", defaultEdgeType: "line", nodeProgramClasses: { point: NodePointProgram }, edgeProgramClasses: { line: EdgeLineProgram },
          renderLabels: false, renderEdgeLabels: false, enableEdgeEvents: false, stagePadding: 0, minCameraRatio: null, maxCameraRatio: null,
          zoomToSizeRatioFunction: () => 1 / growth(state.camera), minEdgeThickness: 0.6,
        });
        sigma.setCustomBBox(SIDE);
        for (const name of Object.keys(sigma.getCanvases())) sigma.getCanvases()[name].addEventListener("webglcontextlost", give);
        stale = true;
      }
      if (stale || inked !== state.ink) { sigma.setGraph(graphOf(state)); sigma.refresh(); stale = false; inked = state.ink; }
      return true;
    } catch { give(); return false; }
  }
  function aim() {
    const { camera } = state;
    sigma.getCamera().setState({ x: (camera.cx + 1) / 2, y: (camera.cy + 1) / 2, ratio: Math.min(camera.w, camera.h) / (2 * camera.k), angle: 0 });
  }

  return {
    canvas,
    get webgl() { return sigma; },
    size(width, height) { plain.size(width, height); if (sigma) sigma.resize(true); },
    forget() { plain.forget(); stale = true; },
    draw(moving) {
      if (!moving || state.shifting || !ready()) return plain.draw(moving);
      plain.clear();
      box.style.background = state.ink.bg;
      aim();
      sigma.render();
      return false;  // all edges are drawn
    },
    destroy() { give(); plain.destroy(); },
  };
}
