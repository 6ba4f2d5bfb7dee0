// The scene as arrays: adjacency, search, picking, and what is switched off. No drawing and no page here.

import { SHAPES, groupShape, kindShape } from "./shapes.js";

const count = (list, size) => { const out = new Uint32Array(size); for (let i = 0; i < list.length; i++) out[list[i]]++; return out; };

/** A grid of buckets over the positions, to find nodes near a point. */
function makeGrid(x, y) {
  const n = x.length;
  let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
  for (let i = 0; i < n; i++) {
    x0 = Math.min(x0, x[i]); x1 = Math.max(x1, x[i]); y0 = Math.min(y0, y[i]); y1 = Math.max(y1, y[i]);
  }
  if (!n) { x0 = y0 = -1; x1 = y1 = 1; }
  const side = Math.max(4, Math.ceil(Math.sqrt(n / 4))), cw = (x1 - x0) / side || 1, ch = (y1 - y0) / side || 1;
  const column = (v) => Math.max(0, Math.min(side - 1, Math.floor((v - x0) / cw)));
  const row = (v) => Math.max(0, Math.min(side - 1, Math.floor((v - y0) / ch)));
  const cell = Uint32Array.from(x, (v, i) => column(v) + side * row(y[i]));
  const from = new Uint32Array(side * side + 1), sizes = count(cell, side * side);
  for (let q = 0; q < side * side; q++) from[q + 1] = from[q] + sizes[q];
  const at = from.slice(0, -1), inside = new Uint32Array(n);
  for (let i = 0; i < n; i++) inside[at[cell[i]]++] = i;
  return {
    box: [x0, y0, x1, y1],
    /** Calls visit(i) for every node in the buckets that the square touches. */
    near(px, py, reach, visit) {
      for (let r = row(py - reach); r <= row(py + reach); r++)
        for (let c = column(px - reach); c <= column(px + reach); c++)
          for (let q = from[c + side * r]; q < from[c + side * r + 1]; q++) visit(inside[q]);
    },
  };
}

/** Offset of each edge in lines: several relations between the same two nodes are drawn side by side. */
function sideBySide(a, b, n) {
  const m = a.length, slot = new Float32Array(m), seen = new Map(), more = new Map();
  for (let e = 0; e < m; e++) {
    const key = Math.min(a[e], b[e]) * n + Math.max(a[e], b[e]), before = seen.get(key);
    if (before === undefined) seen.set(key, e);
    else if (more.has(key)) more.get(key).push(e);
    else more.set(key, [before, e]);
  }
  for (const list of more.values()) list.forEach((e, k) => { slot[e] = (k - (list.length - 1) / 2) * (a[e] < b[e] ? 1 : -1); });
  return slot;
}

/** Thin, middle or strong third of the distinct weights. */
function widths(weight) {
  const distinct = [...new Set(weight)].sort((p, q) => p - q);
  const low = distinct[Math.floor(distinct.length / 3)], high = distinct[Math.floor((2 * distinct.length) / 3)];
  return Uint8Array.from(weight, (w) => (distinct.length < 2 ? 1 : w < low ? 0 : w < high ? 1 : 2));
}

/** A fixed shuffle, so that the first k edges are a fair sample of all. */
function shuffled(m) {
  const order = Uint32Array.from({ length: m }, (_, e) => e);
  for (let e = m - 1, s = 1; e > 0; e--) {
    s = (s * 1103515245 + 12345) % 2147483648;
    const k = s % (e + 1), t = order[e]; order[e] = order[k]; order[k] = t;
  }
  return order;
}

export const EMPTY = { title: "Network", note: "", ids: [], labels: [], x: [], y: [], size: [], kinds: [], kind: [], group: [], groups: [],
  relations: [], a: [], b: [], weight: [], relation: [], edge_labels: [], cards: {} };

export function makeModel(given, hiddenGroups = new Set(), hiddenRelations = new Set()) {
  const scene = { ...EMPTY, ...given };
  const n = scene.x.length, m = scene.a.length;
  const x = Float32Array.from(scene.x), y = Float32Array.from(scene.y);
  const a = Uint32Array.from(scene.a), b = Uint32Array.from(scene.b);
  const group = Int32Array.from(scene.group), relation = Uint16Array.from(scene.relation);
  const pinned = Uint8Array.from(scene.pinned || [], Number), directed = Uint8Array.from(scene.directed || [], Number);

  // Neighbours in one flat array: those of node i are links[first[i] .. first[i + 1]], as edge numbers.
  const degree = new Uint32Array(n), first = new Uint32Array(n + 1), links = new Uint32Array(2 * m);
  for (let e = 0; e < m; e++) { degree[a[e]]++; degree[b[e]]++; }
  for (let i = 0; i < n; i++) first[i + 1] = first[i] + degree[i];
  const at = first.slice(0, n);
  for (let e = 0; e < m; e++) { links[at[a[e]]++] = e; links[at[b[e]]++] = e; }

  // Marker radius at the first zoom level, in pixels. Folded things are larger: they stand for many.
  const kindShapes = scene.kinds.map(kindShape), kind = (i) => scene.kind[i] ?? 0;
  const base = n <= 80 ? 5.5 : n <= 400 ? 4 : n <= 2000 ? 2.8 : n <= 8000 ? 1.8 : 1.2;
  const top = scene.size.reduce((p, q) => Math.max(p, q), 1e-9);
  const radius = Float32Array.from(scene.size, (s) => base * (0.8 + 0.7 * Math.sqrt(Math.max(s, 0) / top)));
  for (let i = 0; i < n; i++) if (["stack", "ring"].includes(kindShapes[kind(i)])) radius[i] = Math.max(7, 1.7 * radius[i]);

  const shapeOf = (i) => kindShapes[kind(i)] || (scene.shape && scene.shape[i] >= 0 ? SHAPES[scene.shape[i] % SHAPES.length] : groupShape(group[i]));
  // Nodes drawn alike, so that the canvas changes its style seldom.
  const alike = new Map();
  for (let i = 0; i < n; i++) {
    const key = group[i] + " " + shapeOf(i);
    if (alike.has(key)) alike.get(key).list.push(i); else alike.set(key, { group: group[i], shape: shapeOf(i), list: [i] });
  }
  const members = scene.groups.map(() => []), free = [];
  for (let i = 0; i < n; i++) (members[group[i]] || free).push(i);

  const nodeShown = (i) => !hiddenGroups.size || !hiddenGroups.has(group[i]);
  const edgeShown = (e) => !(hiddenRelations.size && hiddenRelations.has(relation[e])) && nodeShown(a[e]) && nodeShown(b[e]);
  let grid = makeGrid(x, y), lower = null, bySize = null;

  const model = {
    scene, n, m, x, y, a, b, group, relation, degree, radius, pinned, directed, members, free, shapeOf, nodeShown, edgeShown, hiddenGroups, hiddenRelations,
    width: widths(scene.weight), slot: sideBySide(a, b, n), order: shuffled(m), perRelation: count(relation, scene.relations.length),
    perKind: count(scene.kind, scene.kinds.length), alike: [...alike.values()].sort((p, q) => p.group - q.group),
    anyDirected: directed.some(Boolean), maxRadius: radius.reduce((p, q) => Math.max(p, q), 0),
    get box() { return grid.box; },
    get bySize() { return (bySize ??= Uint32Array.from(radius.keys()).sort((p, q) => radius[q] - radius[p] || p - q)); },
    other: (e, i) => (a[e] === i ? b[e] : a[e]),
    kindName: (i) => scene.kinds[kind(i)] || "account",
    more: (i) => (scene.more && scene.more[i]) || 0,
    mark: (i) => (scene.marks && scene.marks[i]) || "",
    indexOf: () => new Map(scene.ids.map((id, i) => [id, i])),

    /** After positions have changed. */
    moved() { grid = makeGrid(x, y); },

    /** Edge numbers of node i that are switched on, the strongest first. */
    edgesOf(i) {
      return [...links.subarray(first[i], first[i + 1])].filter(edgeShown).sort((p, q) => scene.weight[q] - scene.weight[p] || p - q);
    },

    /** Up to `limit` nodes whose label or id has the text in it; those that begin with it come first. */
    search(text, limit) {
      const wanted = text.trim().toLowerCase();
      if (!wanted) return [];
      lower ??= scene.labels.map((t, i) => [t.toLowerCase(), scene.ids[i].toLowerCase()]);
      const starts = [], within = [];
      for (let i = 0; i < n && starts.length < limit; i++) {
        if (!nodeShown(i)) continue;
        if (lower[i].some((t) => t.startsWith(wanted))) starts.push(i);
        else if (within.length < limit && lower[i].some((t) => t.includes(wanted))) within.push(i);
      }
      return starts.concat(within).slice(0, limit);
    },

    /** The nearest switched-on node within `reach` (scene units; `scale` pixels per unit), or -1. */
    pick(px, py, reach, scale, grow) {
      let best = -1, nearest = Infinity;
      grid.near(px, py, reach, (i) => {
        const distance = Math.hypot(x[i] - px, y[i] - py) * scale - Math.max(4, radius[i] * grow);
        if (distance < 3 && distance < nearest && nodeShown(i)) { nearest = distance; best = i; }
      });
      return best;
    },

    /** The switched-on nodes inside a polygon of [x, y] in scene units. */
    inside(polygon) {
      const found = [];
      for (let i = 0; i < n; i++) {
        if (!nodeShown(i)) continue;
        let odd = false;
        for (let p = 0, q = polygon.length - 1; p < polygon.length; q = p++) {
          const [xp, yp] = polygon[p], [xq, yq] = polygon[q];
          if (yp > y[i] !== yq > y[i] && x[i] < ((xq - xp) * (y[i] - yp)) / (yq - yp) + xp) odd = !odd;
        }
        if (odd) found.push(i);
      }
      return found;
    },

    /** The node to go to from i in direction (dx, dy), y up: a linked one where there is one, else the nearest that way; -1 for none. */
    towards(i, dx, dy) {
      const cost = (j) => {
        const u = x[j] - x[i], v = y[j] - y[i], along = u * dx + v * dy, across = Math.abs(u * dy - v * dx);
        return j === i || along <= 0 || across > 1.7 * along ? Infinity : Math.hypot(along, 2 * across);
      };
      const best = (list) => {
        let found = -1, least = Infinity;
        for (const j of list) { const c = cost(j); if (c < least && nodeShown(j)) { least = c; found = j; } }
        return found;
      };
      const linked = best(model.edgesOf(i).map((e) => model.other(e, i)));
      return linked >= 0 ? linked : best(x.keys());
    },
  };
  return model;
}
