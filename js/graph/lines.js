// Where edges lie on the screen: shared by what draws them and by what finds the one under the pointer.

/** Ends of edge e on the screen: [xa, ya, xb, yb], moved aside where several relations link the same two nodes; null where out of sight. */
export function endsOf(model, camera, e) {
  const { x, y, a, b, slot } = model, { k, tx, ty } = camera;
  let xa = k * x[a[e]] + tx, ya = ty - k * y[a[e]], xb = k * x[b[e]] + tx, yb = ty - k * y[b[e]];
  if ((xa < 0 && xb < 0) || (ya < 0 && yb < 0) || (xa > camera.w && xb > camera.w) || (ya > camera.h && yb > camera.h)) return null;
  if (slot[e]) {
    const length = Math.hypot(xb - xa, yb - ya) || 1, d = (3.2 * slot[e]) / length, dx = (yb - ya) * d, dy = (xa - xb) * d;
    xa += dx; xb += dx; ya += dy; yb += dy;
  }
  return [xa, ya, xb, yb];
}

export function addEdge(c, model, camera, e) {
  const ends = endsOf(model, camera, e);
  if (!ends) return false;
  c.moveTo(ends[0], ends[1]); c.lineTo(ends[2], ends[3]);
  return true;
}

/** Adds the head of a directed edge, its point on the rim of the marker it leads to. */
export function addHead(c, model, camera, e, grow) {
  const ends = endsOf(model, camera, e);
  if (!ends) return false;
  const [xa, ya, xb, yb] = ends, length = Math.hypot(xb - xa, yb - ya), size = 7 + 1.5 * model.width[e], rim = model.radius[model.b[e]] * grow * 1.15 + 1;
  if (length < rim + size + 4) return false;
  const u = (xb - xa) / length, v = (yb - ya) / length, px = xb - u * rim, py = yb - v * rim;
  c.moveTo(px, py);
  c.lineTo(px - u * size - v * size * 0.5, py - v * size + u * size * 0.5);
  c.lineTo(px - u * size + v * size * 0.5, py - v * size - u * size * 0.5);
  c.closePath();
  return true;
}

/** The switched-on edge nearest to a point of the screen, at most `reach` pixels away; -1 for none. */
export function edgeNear(model, camera, px, py, reach) {
  const { x, y, a, b } = model, { k, tx, ty } = camera;
  let best = -1, nearest = reach;
  for (let e = 0; e < model.m; e++) {
    const xa = k * x[a[e]] + tx, xb = k * x[b[e]] + tx;
    if ((xa < px ? xb < px - reach - 9 && xa < px - reach - 9 : xb > px + reach + 9 && xa > px + reach + 9)) continue;
    const ya = ty - k * y[a[e]], yb = ty - k * y[b[e]];
    if ((ya < py - reach - 9 && yb < py - reach - 9) || (ya > py + reach + 9 && yb > py + reach + 9)) continue;
    const ends = model.slot[e] ? endsOf(model, camera, e) || [xa, ya, xb, yb] : [xa, ya, xb, yb];
    const dx = ends[2] - ends[0], dy = ends[3] - ends[1], squared = dx * dx + dy * dy;
    const t = squared ? Math.max(0, Math.min(1, ((px - ends[0]) * dx + (py - ends[1]) * dy) / squared)) : 0;
    const distance = Math.hypot(ends[0] + t * dx - px, ends[1] + t * dy - py);
    if (distance < nearest && model.edgeShown(e)) { nearest = distance; best = e; }
  }
  return best;
}
