// Times as text, in UTC, and where to put labels on an axis. All times are microseconds since 1970.

const S = 1e6, M = 60 * S, H = 60 * M, D = 24 * H;
const STEPS = [1, 1e3, 1e5, S, 5 * S, 15 * S, 30 * S, M, 5 * M, 15 * M, 30 * M, H, 3 * H, 6 * H, 12 * H, D, 2 * D, 7 * D, 14 * D];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n) => String(n).padStart(2, "0");
const date = (us) => new Date(Math.floor(us / 1000));

/** "2026-03-03 14:03:20"; seconds and hours only where `exact` (a span in microseconds) needs them. */
export function timeText(us, exact = S) {
  const text = date(us).toISOString().replace("T", " ");
  if (exact >= D && us % D === 0) return text.slice(0, 10);
  if (exact >= M && us % M === 0) return text.slice(0, 16);
  return exact < S ? text.slice(0, 23) : text.slice(0, 19);
}

/** "6 hours", "1 day", "90 seconds". */
export function spanText(us) {
  const [unit, name] = us >= 2 * D || us === D ? [D, "day"] : us >= 2 * H || us === H ? [H, "hour"] : us >= 2 * M || us === M ? [M, "minute"] : us >= S ? [S, "second"] : [1000, "millisecond"];
  const n = Math.round((us / unit) * 10) / 10;
  return `${n.toLocaleString("en")} ${name}${n === 1 ? "" : "s"}`;
}

/** Labels for [from, to] where at most `most` fit: [{at, text, major}]. */
export function ticksOf(from, to, most) {
  const span = to - from, ticks = [];
  if (!(span > 0) || most < 1) return ticks;
  const step = STEPS.find((s) => span / s <= most);
  if (step) {
    // weeks begin on a Monday: the epoch was a Thursday
    const shift = step >= 7 * D ? 4 * D : 0;
    let shownYear = null;
    for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) {
      const d = date(at), midnight = at % D === 0, year = d.getUTCFullYear();
      const day = `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}${shownYear === year ? "" : " " + year}`;
      const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${step < M ? ":" + two(d.getUTCSeconds()) : ""}${step < S ? String((at % S) / S).slice(1, 5) : ""}`;
      const dated = midnight || !ticks.length;
      ticks.push({ at, major: midnight, text: step >= D ? day : midnight ? day : dated ? `${day} ${clock}` : clock });
      if (dated || step >= D) shownYear = year;
    }
    return ticks;
  }
  const first = date(from), months = span / (30.44 * D), every = [1, 2, 3, 6, 12, 24, 60, 120, 1200].find((k) => months / k <= most) || 12000;
  for (let k = Math.ceil((first.getUTCFullYear() * 12 + first.getUTCMonth()) / every) * every; ; k += every) {
    const at = Date.UTC(Math.floor(k / 12), k % 12, 1) * 1000;
    if (at > to) return ticks;
    if (at >= from) ticks.push({ at, major: k % 12 === 0, text: every >= 12 ? String(Math.floor(k / 12)) : `${MONTHS[k % 12]}${k % 12 === 0 || !ticks.length ? " " + Math.floor(k / 12) : ""}` });
  }
}
