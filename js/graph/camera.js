// Which part of the scene is on the screen: screen = (k x + tx, ty - k y).

/** A camera; `cx`, `cy`, `span` say the same without the size of the screen: the middle, and scene units across its shorter side. */
export function makeCamera() {
  return {
    k: 1, k0: 1, tx: 0, ty: 0, w: 1, h: 1,
    get cx() { return (this.w / 2 - this.tx) / this.k; },
    get cy() { return (this.ty - this.h / 2) / this.k; },
    get span() { return Math.min(this.w, this.h) / this.k; },
    look(cx, cy, k = this.k) { this.k = k; this.tx = this.w / 2 - k * cx; this.ty = this.h / 2 + k * cy; },
    /** Zooms so that the point of the screen stays where it is. */
    zoom(factor, px, py) {
      const k = Math.min(this.k0 * 60, Math.max(this.k0 * 0.3, this.k * factor)), f = k / this.k;
      this.tx = px - (px - this.tx) * f; this.ty = py - (py - this.ty) * f; this.k = k;
    },
    /** The whole box in sight, keeping `left`, `right` and `top` pixels free. */
    fit([x0, y0, x1, y1], left = 0, right = 0, top = 0) {
      const w = this.w - left - right, h = this.h - top;
      this.k = Math.min((w - 60) / (x1 - x0 || 0.2), (h - 74) / (y1 - y0 || 0.2), h);
      this.k = this.k0 = Math.max(this.k, 1);
      this.tx = left + w / 2 - (this.k * (x0 + x1)) / 2;
      this.ty = top + h / 2 + 8 + (this.k * (y0 + y1)) / 2;
    },
  };
}
