// The scene as arrays: adjacency, search, picking, and what is switched off. No drawing and no page here.

export const SHAPES = ["circle", "square", "triangle", "diamond", "down", "plus", "hexagon", "cross"];
export const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 5], [4, 2, 1, 2, 1, 2]];
export const COLOURS = 8;
export const groupColour = (g) => (g < 0 ? "other" : "c" + (g % COLOURS));
// The marker shifts by one after each round of colours, so that 64 pairs of colour and marker differ.
export const groupShape = (g) => (g < 0 ? "circle" : SHAPES[(g + Math.floor(g / COLOURS)) % SHAPES.length]);

export function makeModel(scene) {
  const n = scene.x.length, m = scene.a.length;
  const x = Float32Array.from(scene.x), y = Float32Array.from(scene.y);
  const a = Uint32Array.from(scene.a), b = Uint32Array.from(scene.b);
  const group = Int32Array.from(scene.group), relation = Uint16Array.from(scene.relation);

  // Neighbours in one flat array: those of node i are links[first[i] .. first[i + 1]], as edge numbers.
  const degree = new Uint32Array(n), first = new Uint32Array(n + 1), links = new Uint32Array(2 * m);
  for (let e = 0; e < m; e++) { degree[a[e]]++; degree[b[e]]++; }
  for (let i = 0; i < n; i++) first[i + 1] = first[i] + degree[i];
  const at = first.slice(0, n);
  for (let e = 0; e < m; e++) { links[at[a[e]]++] = e; links[at[b[e]]++] = e; }

  // Marker radius at the first zoom level, in pixels.
  const base = n <= 80 ? 5.5 : n <= 400 ? 4 : n <= 2000 ? 2.8 : n <= 8000 ? 1.8 : 1.2;
  const top = scene.size.reduce((p, q) => Math.max(p, q), 1e-9);
  const radius = Float32Array.from(scene.size, (s) => base * (0.8 + 0.7 * Math.sqrt(Math.max(s, 0) / top)));

  // Edge width: thin, middle or strong third of the distinct weights.
  const weights = [...new Set(scene.weight)].sort((p, q) => p - q);
  const cut = [weights[Math.floor(weights.length / 3)], weights[Math.floor((2 * weights.length) / 3)]];
  const strong = weights.length < 2;
  const width = Uint8Array.from(scene.weight, (w) => (strong ? 1 : w < cut[0] ? 0 : w < cut[1] ? 1 : 2));

  // Several relations between the same two accounts are drawn side by side: `slot` is the offset in lines.
  const slot = new Float32Array(m), pairs = new Map();
  for (let e = 0; e < m; e++) {
    const key = Math.min(a[e], b[e]) * n + Math.max(a[e], b[e]);
    if (pairs.has(key)) pairs.get(key).push(e); else pairs.set(key, [e]);
  }
  for (const list of pairs.values()) if (list.length > 1) {
    list.forEach((e, k) => { slot[e] = (k - (list.length - 1) / 2) * (a[e] < b[e] ? 1 : -1); });
  }

  // A fixed shuffle, so that the first k edges are a fair sample of all.
  const order = Uint32Array.from({ length: m }, (_, e) => e);
  for (let e = m - 1, s = 1; e > 0; e--) {
    s = (s * 1103515245 + 12345) % 2147483648;
    const k = s % (e + 1), t = order[e]; order[e] = order[k]; order[k] = t;
  }

  // A grid of buckets to find the node under the pointer.
  let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
  for (let i = 0; i < n; i++) {
    x0 = Math.min(x0, x[i]); x1 = Math.max(x1, x[i]); y0 = Math.min(y0, y[i]); y1 = Math.max(y1, y[i]);
  }
  if (!n) { x0 = y0 = -1; x1 = y1 = 1; }
  const side = Math.max(4, Math.ceil(Math.sqrt(n / 4)));
  const cw = (x1 - x0) / side || 1, ch = (y1 - y0) / side || 1;
  const column = (v) => Math.max(0, Math.min(side - 1, Math.floor((v - x0) / cw)));
  const row = (v) => Math.max(0, Math.min(side - 1, Math.floor((v - y0) / ch)));
  const buckets = Array.from({ length: side * side }, () => []);
  for (let i = 0; i < n; i++) buckets[column(x[i]) + side * row(y[i])].push(i);

  const members = scene.groups.map(() => []), free = [];
  for (let i = 0; i < n; i++) (group[i] < 0 ? free : members[group[i]]).push(i);
  const perRelation = scene.relations.map(() => 0);
  for (let e = 0; e < m; e++) perRelation[relation[e]]++;

  const hiddenGroups = new Set(), hiddenRelations = new Set();
  const lower = scene.labels.map((t) => t.toLowerCase());
  const ids = scene.ids.map((t) => t.toLowerCase());
  const nodeShown = (i) => !hiddenGroups.has(group[i]);
  const edgeShown = (e) => !hiddenRelations.has(relation[e]) && nodeShown(a[e]) && nodeShown(b[e]);

  return {
    scene, n, m, x, y, a, b, group, relation, degree, radius, width, slot, order, members, free, perRelation,
    hiddenGroups, hiddenRelations, nodeShown, edgeShown,
    box: [x0, y0, x1, y1],
    bySize: [...radius.keys()].sort((p, q) => radius[q] - radius[p] || p - q).slice(0, 1500),
    other: (e, i) => (a[e] === i ? b[e] : a[e]),

    /** Edge numbers of node i that are switched on, the strongest first. */
    edgesOf(i) {
      return [...links.subarray(first[i], first[i + 1])].filter(edgeShown)
        .sort((p, q) => scene.weight[q] - scene.weight[p] || p - q);
    },

    /** Up to `limit` nodes whose label or id has the text in it; those that begin with it come first. */
    search(text, limit) {
      const wanted = text.trim().toLowerCase();
      if (!wanted) return [];
      const starts = [], within = [];
      for (let i = 0; i < n && starts.length < limit; i++) {
        if (!nodeShown(i)) continue;
        if (lower[i].startsWith(wanted) || ids[i].startsWith(wanted)) starts.push(i);
        else if (within.length < limit && (lower[i].includes(wanted) || ids[i].includes(wanted))) within.push(i);
      }
      return starts.concat(within).slice(0, limit);
    },

    /** The nearest switched-on node within `reach` (scene units; `scale` pixels per unit), or -1. */
    pick(px, py, reach, scale, grow) {
      let best = -1, nearest = Infinity;
      for (let r = row(py - reach); r <= row(py + reach); r++)
        for (let c = column(px - reach); c <= column(px + reach); c++)
          for (const i of buckets[c + side * r]) {
            if (!nodeShown(i)) continue;
            const distance = Math.hypot(x[i] - px, y[i] - py) * scale - Math.max(4, radius[i] * grow);
            if (distance < 3 && distance < nearest) { nearest = distance; best = i; }
          }
      return best;
    },
  };
}
