// Markers, line patterns and colours: what tells things apart. Every difference in colour is one in shape or pattern too.

export const SHAPES = ["circle", "square", "triangle", "diamond", "down", "plus", "hexagon", "cross"];
// Kinds of node have shapes of their own, which no group takes; accounts take the marker of their group.
const KINDS = { account: "", content: "page", bundle: "stack", community: "ring" };
export const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 5], [4, 2, 1, 2, 1, 2]];
export const COLOURS = 8;
export const INKS = ["bg", "panel", "ink", "muted", "line", "edge", "accent", "other", ...Array.from({ length: COLOURS }, (_, i) => "c" + i)];

export const groupColour = (g) => (g < 0 ? "other" : "c" + (g % COLOURS));
// The marker shifts by one after each round of colours, so that 64 pairs of colour and marker differ.
export const groupShape = (g) => (g < 0 ? "circle" : SHAPES[(g + Math.floor(g / COLOURS)) % SHAPES.length]);
/** Shape of a kind of node by its name: "" where the group decides (accounts); "tag" for objects of any type. */
export const kindShape = (name) => KINDS[name] ?? "tag";

const CORNERS = { square: [4, 0.7854, 1.25], diamond: [4, 0, 1.3], triangle: [3, -1.5708, 1.4], down: [3, 1.5708, 1.4], hexagon: [6, 0, 1.15] };

function polygon(c, points) {
  points.forEach(([u, v], k) => c[k ? "lineTo" : "moveTo"](u, v));
  c.closePath();
}

/** Adds a marker of radius r around (px, py) to the path of context c. */
export function addMarker(c, shape, px, py, r) {
  if (r < 1.4) { c.rect(px - r, py - r, 2 * r, 2 * r); return; }
  if (shape === "circle") { c.moveTo(px + r, py); c.arc(px, py, r, 0, 6.2832); return; }
  if (shape === "page") {  // a sheet with a folded corner
    const w = 0.95 * r, h = 1.3 * r, f = 0.8 * r;
    polygon(c, [[px - w, py - h], [px + w - f, py - h], [px + w, py - h + f], [px + w, py + h], [px - w, py + h]]);
    return;
  }
  if (shape === "tag") {  // a label with a point on its left
    const w = 1.35 * r, h = 0.8 * r;
    polygon(c, [[px - w, py], [px - w + h, py - h], [px + w, py - h], [px + w, py + h], [px - w + h, py + h]]);
    return;
  }
  if (shape === "stack") {  // three bars: many things in one place
    for (const v of [-0.95, -0.27, 0.41]) c.rect(px - 1.2 * r, py + v * r, 2.4 * r, 0.5 * r);
    return;
  }
  if (shape === "ring") {  // a disc within a ring: a whole community folded up
    c.moveTo(px + 0.62 * r, py); c.arc(px, py, 0.62 * r, 0, 6.2832);
    c.moveTo(px + 1.15 * r, py); c.arc(px, py, 1.15 * r, 0, 6.2832);
    c.moveTo(px + 0.85 * r, py); c.arc(px, py, 0.85 * r, 0, 6.2832, true);
    return;
  }
  if (shape === "plus" || shape === "cross") {
    const p = 1.25 * r, q = 0.45 * r, s = shape === "cross" ? Math.SQRT1_2 : 1, t = shape === "cross" ? Math.SQRT1_2 : 0;
    const corners = [[-q, -p], [q, -p], [q, -q], [p, -q], [p, q], [q, q], [q, p], [-q, p], [-q, q], [-p, q], [-p, -q], [-q, -q]];
    polygon(c, corners.map(([u, v]) => [px + u * s - v * t, py + u * t + v * s]));
    return;
  }
  const [corners, turn, scale] = CORNERS[shape] || CORNERS.square;
  for (let k = 0; k < corners; k++) {
    const angle = turn + (6.2832 * k) / corners;
    c[k ? "lineTo" : "moveTo"](px + scale * r * Math.cos(angle), py + scale * r * Math.sin(angle));
  }
  c.closePath();
}

export const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);
export const font = (size, weight) => `${weight || 400} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;

/** Text with a rim of the background, so that it can be read over lines. */
export function write(c, text, px, py, size, colour, ink, weight) {
  c.font = font(size, weight);
  c.lineWidth = 3.5; c.lineJoin = "round"; c.strokeStyle = ink.bg; c.strokeText(text, px, py);
  c.fillStyle = colour; c.fillText(text, px, py);
}
