// What the markers and lines mean. In a report each line switches its group or links on and off; in the workbench a group's line chooses its nodes.

import { button, make } from "./panel.js";
import { DASHES, addMarker, groupColour, groupShape, kindShape } from "./shapes.js";

const WIDE = 26, HIGH = 14;

function sampleOf(paint) {
  const canvas = make("canvas", "ivg-sample");
  return { canvas, draw(ink) {
    const c = canvas.getContext("2d"), ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = WIDE * ratio; canvas.height = HIGH * ratio;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(c, ink);
  } };
}
const marker = (shape, colour) => sampleOf((c, ink) => { c.beginPath(); addMarker(c, shape, 13, 7, 5); c.fillStyle = ink[colour]; c.fill(); });
const line = (relation) => sampleOf((c, ink) => {
  c.setLineDash(DASHES[relation % DASHES.length]); c.lineWidth = 1.8; c.strokeStyle = ink.ink;
  c.beginPath(); c.moveTo(0, 7); c.lineTo(WIDE, 7); c.stroke();
});
const arrow = () => sampleOf((c, ink) => {
  c.lineWidth = 1.8; c.strokeStyle = c.fillStyle = ink.ink;
  c.beginPath(); c.moveTo(0, 7); c.lineTo(20, 7); c.stroke();
  c.beginPath(); c.moveTo(25, 7); c.lineTo(17, 3); c.lineTo(17, 11); c.fill();
});

/** `acts`: changed() after a switch; with tools, choose(indices) instead of switches. */
export function buildLegend(stage, state, acts) {
  const box = make("details", "ivg-legend"), body = make("div");
  let samples = [], drawn = "";
  box.append(make("summary", "", "Groups and links"), body);
  stage.append(box);

  function entry(parent, sample, title, count, hidden, key, list) {
    const switches = hidden && !state.tools, row = make(switches ? "label" : list ? "button" : "div", "ivg-line");
    if (switches) {
      const check = make("input");
      check.type = "checkbox"; check.checked = !hidden.has(key);
      check.addEventListener("change", () => { if (check.checked) hidden.delete(key); else hidden.add(key); acts.changed(); });
      row.append(check);
    } else if (list) {
      row.type = "button"; row.title = "Choose these on the canvas";
      row.addEventListener("click", (event) => acts.choose(list, event));
    }
    samples.push(sample);
    row.append(sample.canvas, make("span", "ivg-name", title));
    if (count !== null) row.append(make("span", "ivg-soft", count.toLocaleString("en")));
    parent.append(row);
    return row;
  }

  function build() {
    const { model } = state, { scene } = model;
    // The same text and counts need no new page: a scene of another time leaves the legend alone.
    const now = JSON.stringify([scene.groups, model.members.map((l) => l.length), model.free.length, scene.kinds, [...model.perKind], scene.relations, [...model.perRelation], model.anyDirected]);
    if (now === drawn) return;
    drawn = now; samples = []; body.textContent = "";
    const part = (title) => { const set = make("fieldset"); set.append(make("legend", "", title)); body.append(set); return set; };
    if (scene.groups.length) {
      const set = part("Groups"), checks = [];
      scene.groups.forEach((group, k) => {
        const row = entry(set, marker(groupShape(k), groupColour(k)), group.name, model.members[k].length, model.hiddenGroups, k, model.members[k]);
        row.title = group.note || group.name;
        checks.push(row.querySelector("input"));
      });
      if (model.free.length) checks.push(entry(set, marker("circle", "other"), "no group", model.free.length, model.hiddenGroups, -1, model.free).querySelector("input"));
      if (checks.length > 2 && !state.tools) set.append(button("all / none", "Show or hide all groups", () => {
        const on = checks.some((c) => !c.checked);
        for (const c of checks) if (c.checked !== on) { c.checked = on; c.dispatchEvent(new Event("change")); }
      }));
    }
    if (scene.kinds.length > 1) {
      const set = part("Kinds");
      scene.kinds.forEach((name, k) => entry(set, marker(kindShape(name) || "circle", "other"), name, model.perKind[k]));
    }
    const set = part(scene.relations.length ? "Links" : "No links");
    scene.relations.forEach((title, r) => entry(set, line(r), title, model.perRelation[r], model.hiddenRelations, r));
    if (model.anyDirected) entry(set, arrow(), "leads from one to the other", null);
  }
  return { box, build, paint() { for (const sample of samples) sample.draw(state.ink); } };
}
