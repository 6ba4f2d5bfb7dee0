// The keyboard: in a report it moves the picture; in the workbench it goes from node to node.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 50, NUDGE = 8;

/** Keys of a report's picture. */
export function readingKeys(acts) {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const act = arrow ? () => acts.pan(-STEP * arrow[0], STEP * arrow[1]) : { "+": () => acts.zoom(1.25), "=": () => acts.zoom(1.25),
      "-": () => acts.zoom(0.8), "0": acts.fit, Escape: acts.clear }[event.key];
    if (act) { act(); event.preventDefault(); }
  };
}

/** Keys of the workbench: arrows go to the next node that way, Enter opens, Space chooses; Shift moves the picture, Alt moves nodes. */
export function workingKeys(acts) {
  return (event) => {
    const arrow = ARROWS[event.key], command = event.ctrlKey || event.metaKey;
    let act = null;
    if (arrow && !command) {
      if (event.altKey) act = () => acts.nudge(NUDGE * arrow[0], -NUDGE * arrow[1]);
      else if (event.shiftKey) act = () => acts.pan(-STEP * arrow[0], STEP * arrow[1]);
      else act = () => acts.go(...arrow);
    } else if (command) act = { a: acts.all }[event.key];
    else if (!event.altKey) act = { Enter: acts.enter, " ": acts.toggle, Escape: acts.clear, "+": () => acts.zoom(1.25), "=": () => acts.zoom(1.25), "-": () => acts.zoom(0.8),
      "0": acts.fit, c: acts.centre, l: acts.lasso, e: () => acts.nextEdge(1), E: () => acts.nextEdge(-1) }[event.key];
    if (act) { act(); event.preventDefault(); }
  };
}
