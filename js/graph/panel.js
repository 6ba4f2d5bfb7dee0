// The page around the canvas: frame, search, tools, card. All text is set as text, never as markup.

import { edgeWords, groupOf } from "./words.js";

export function make(tag, cls, text) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function button(text, label, act) {
  const element = make("button", "ivg-button", text);
  element.type = "button";
  if (label) { element.setAttribute("aria-label", label); element.title = label; }
  element.addEventListener("click", act);
  return element;
}

const READING = "Arrow keys move the picture, plus and minus zoom, 0 shows all. Use the search to choose an account.";
const WORKING = "Arrow keys go to the next node that way, Space chooses it, Enter opens it. E goes through its links, then Enter opens the link. " +
  "Shift and arrows move the picture, Alt and arrows move what is chosen. Plus and minus zoom, 0 shows all, L draws around nodes, Escape lets go.";

/** The frame: bar, stage with two canvases, card, live text. Without `chrome` there is neither bar nor card, and the live text is for screen readers only. */
export function buildFrame(el, title, { chrome, tools }) {
  el.textContent = "";
  const root = make("div", "ivg"), bar = make("div", "ivg-bar"), stage = make("div", "ivg-stage");
  const canvas = make("canvas", "ivg-canvas"), overlay = make("canvas", "ivg-overlay");
  root.classList.toggle("ivg-tools", tools);
  root.classList.toggle("ivg-bare", !chrome);
  if (tools) root.dataset.lmSuppressShortcuts = "true";  // JupyterLab would take arrow keys and letters for its own
  bar.hidden = !chrome;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `${title}. ${tools ? WORKING : READING}`);
  overlay.setAttribute("aria-hidden", "true");
  const note = make("p", "ivg-note"), hover = make("div", "ivg-hover"), panel = make("aside", "ivg-panel");
  hover.setAttribute("aria-hidden", "true"); hover.hidden = true;
  panel.setAttribute("aria-label", "Chosen account"); panel.hidden = true; panel.tabIndex = -1;
  const status = make("p", "ivg-status");
  status.setAttribute("role", "status"); status.setAttribute("aria-live", "polite");
  stage.append(canvas, overlay, note, hover);
  root.append(bar, stage, panel, status);
  el.append(root);
  return { root, bar, stage, canvas, overlay, note, hover, panel, status };
}

/** Zoom, fit and, with `lasso`, the switch between moving and drawing around nodes. */
export function buildTools(parent, { zoom, fit, lasso }) {
  const buttons = make("div", "ivg-buttons");
  let draw = null;
  if (lasso) {
    draw = button("", "Draw around nodes to choose them (L, or hold Alt)", lasso);
    draw.classList.add("ivg-lasso");
    draw.setAttribute("aria-pressed", "false");
    buttons.append(draw);
  }
  buttons.append(button("+", "Zoom in", () => zoom(1.4)), button("−", "Zoom out", () => zoom(1 / 1.4)), button("Fit", "Show the whole picture", fit));
  parent.append(buttons);
  return { buttons, press(on) { if (draw) draw.setAttribute("aria-pressed", String(on)); } };
}

/** Search box with up to eight suggestions; Enter takes the first, arrow keys go through them. */
export function buildSearch(bar, state, choose) {
  const box = make("div", "ivg-search"), input = make("input", "ivg-input"), list = make("ul", "ivg-found");
  input.type = "search"; input.placeholder = "Find an account"; input.autocomplete = "off"; input.spellcheck = false;
  input.setAttribute("aria-label", "Find an account by name or identifier");
  list.hidden = true;
  const take = (i) => { list.hidden = true; input.value = state.model.scene.labels[i]; choose(i); };
  const update = () => {
    const { model } = state, found = model.search(input.value, 8);
    list.textContent = "";
    for (const i of found) {
      const item = make("li"), entry = button(model.scene.labels[i].slice(0, 80), "", () => take(i));
      if (model.group[i] >= 0) entry.append(make("span", "ivg-soft", "  " + model.scene.groups[model.group[i]].name));
      item.append(entry); list.append(item);
    }
    if (!found.length && input.value.trim()) list.append(make("li", "ivg-soft", "No account has this in its name."));
    list.hidden = !input.value.trim();
    return found;
  };
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { const found = update(); if (found.length) take(found[0]); event.preventDefault(); }
    if (event.key === "Escape") list.hidden = true;
    if (event.key === "ArrowDown" && !list.hidden) { list.querySelector("button")?.focus(); event.preventDefault(); }
  });
  list.addEventListener("keydown", (event) => {
    const entries = [...list.querySelectorAll("button")], at = entries.indexOf(document.activeElement);
    if (event.key === "ArrowDown") { entries[Math.min(at + 1, entries.length - 1)].focus(); event.preventDefault(); }
    if (event.key === "ArrowUp") { (entries[at - 1] || input).focus(); event.preventDefault(); }
    if (event.key === "Escape") { list.hidden = true; input.focus(); }
  });
  box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) list.hidden = true; });
  box.append(input, list);
  bar.append(box);
}

/** The card of node i: facts, whom it is linked with, rows of evidence. */
export function fillCard(panel, model, i, choose, close) {
  const { scene } = model, card = scene.cards[i] || { facts: [], rows: [], n: 0 };
  panel.textContent = "";
  const head = make("div", "ivg-head"), title = make("h3", "ivg-title");
  title.append(make("bdi", "", scene.labels[i]));
  head.append(title, button("×", "Close this card", close));
  panel.append(head);
  const edges = model.edgesOf(i), near = new Map();
  for (const e of edges) { const j = model.other(e, i); if (!near.has(j)) near.set(j, []); near.get(j).push(e); }
  panel.append(make("p", "ivg-soft", `${model.kindName(i)} · ${groupOf(model, i)} · ${near.size.toLocaleString("en")} linked`));
  const facts = make("dl", "ivg-facts");
  const shown = scene.ids[i] === scene.labels[i] ? card.facts : [["Identifier", scene.ids[i]], ...card.facts];
  for (const [name, value] of shown) { const cell = make("dd"); cell.append(make("bdi", "", value)); facts.append(make("dt", "", name), cell); }
  panel.append(facts);

  if (near.size) {
    panel.append(make("h4", "", "Linked with"));
    const list = make("ul", "ivg-linked");
    for (const [j, via] of [...near].slice(0, 8)) {
      const item = make("li"), words = via.map((e) => edgeWords(model, e));
      item.append(button(scene.labels[j].slice(0, 60), "", () => choose(j)), make("span", "ivg-soft", " " + words.join("; ")));
      list.append(item);
    }
    panel.append(list);
    if (near.size > 8) panel.append(make("p", "ivg-soft", `and ${(near.size - 8).toLocaleString("en")} more`));
  }

  panel.append(make("h4", "", "Evidence"));
  if (!card.rows.length) { panel.append(make("p", "ivg-soft", "No rows are kept with this picture; see the evidence tables.")); return; }
  panel.append(make("p", "ivg-soft", `${card.rows.length.toLocaleString("en")} of ${card.n.toLocaleString("en")} rows`));
  const rows = make("ol", "ivg-rows");
  for (const row of card.rows) {
    const item = make("li"), line = make("p", "ivg-when", row.at);
    if (row.other) line.append(document.createTextNode(row.at ? " · with " : "with "), make("bdi", "", row.other));
    item.append(line);
    if (row.text) { const text = make("p", "ivg-text"); text.append(make("bdi", "", row.text)); item.append(text); }
    if (row.objects.length) {
      const objects = make("p", "ivg-objects");
      row.objects.forEach((t, k) => { if (k) objects.append(" "); objects.append(make("bdi", "ivg-object", t)); });
      item.append(objects);
    }
    rows.append(item);
  }
  panel.append(rows);
}
