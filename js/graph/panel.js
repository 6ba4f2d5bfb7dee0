// The page around the canvas: search, legend, filter, card. All text is set as text, never as markup.

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

export function buildFrame(el, scene) {
  el.textContent = "";
  const root = make("div", "ivg"), bar = make("div", "ivg-bar"), stage = make("div", "ivg-stage");
  const canvas = make("canvas", "ivg-canvas"), overlay = make("canvas", "ivg-overlay");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", scene.title + ". Arrow keys move the picture, plus and minus zoom, 0 shows all. " +
    "Use the search to choose an account.");
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

/** Search box with up to eight suggestions; Enter takes the first, arrow keys go through them. */
export function buildSearch(bar, model, choose) {
  const box = make("div", "ivg-search"), input = make("input", "ivg-input"), list = make("ul", "ivg-found");
  input.type = "search"; input.placeholder = "Find an account"; input.autocomplete = "off"; input.spellcheck = false;
  input.setAttribute("aria-label", "Find an account by name or identifier");
  list.hidden = true;
  const take = (i) => { list.hidden = true; input.value = model.scene.labels[i]; choose(i); };
  const update = () => {
    const found = model.search(input.value, 8);
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

/** Legend with a switch per group and per relation; returns a function that repaints the samples. */
export function buildLegend(bar, stage, model, painter, changed) {
  const { scene } = model, samples = [];
  const line = (parent, title, count, hidden, key, paint) => {
    const label = make("label", "ivg-line"), check = make("input"), picture = make("canvas", "ivg-sample");
    check.type = "checkbox"; check.checked = true;
    check.addEventListener("change", () => { if (check.checked) hidden.delete(key); else hidden.add(key); changed(); });
    samples.push(() => paint(picture, key));
    label.append(check, picture, make("span", "ivg-name", title), make("span", "ivg-soft", count.toLocaleString("en")));
    parent.append(label);
    return check;
  };
  const box = make("details", "ivg-legend"), head = make("summary", "", "Groups and links");
  box.append(head);
  if (scene.groups.length) {
    const part = make("fieldset"), checks = [];
    part.append(make("legend", "", "Groups"));
    scene.groups.forEach((group, k) => {
      const check = line(part, group.name, model.members[k].length, model.hiddenGroups, k, painter.groupSample);
      check.parentElement.title = group.note || group.name;
      checks.push(check);
    });
    if (model.free.length) checks.push(line(part, "no group", model.free.length, model.hiddenGroups, -1, painter.groupSample));
    if (checks.length > 2) part.append(button("all / none", "Show or hide all groups", () => {
      const on = checks.some((c) => !c.checked);
      for (const c of checks) if (c.checked !== on) { c.checked = on; c.dispatchEvent(new Event("change")); }
    }));
    box.append(part);
  }
  const part = make("fieldset");
  part.append(make("legend", "", "Links"));
  scene.relations.forEach((title, r) => line(part, title, model.perRelation[r], model.hiddenRelations, r, painter.relationSample));
  box.append(part);
  stage.append(box);
  return { box, paint: () => samples.forEach((draw) => draw()) };
}

/** The card of node i: facts, whom it is linked with, rows of evidence. */
export function fillCard(panel, model, i, choose, close) {
  const { scene } = model, card = scene.cards[i] || { facts: [], rows: [], n: 0 };
  panel.textContent = "";
  const head = make("div", "ivg-head"), title = make("h3", "ivg-title");
  title.append(make("bdi", "", scene.labels[i]));
  head.append(title, button("×", "Close this card", close));
  panel.append(head);
  const where = model.group[i] < 0 ? "no group" : scene.groups[model.group[i]].name;
  const edges = model.edgesOf(i), near = new Map();
  for (const e of edges) { const j = model.other(e, i); if (!near.has(j)) near.set(j, []); near.get(j).push(e); }
  panel.append(make("p", "ivg-soft", `${scene.kinds[scene.kind[i]]} · ${where} · ${near.size.toLocaleString("en")} linked`));
  const facts = make("dl", "ivg-facts");
  const shown = scene.ids[i] === scene.labels[i] ? card.facts : [["Identifier", scene.ids[i]], ...card.facts];
  for (const [name, value] of shown) { const cell = make("dd"); cell.append(make("bdi", "", value)); facts.append(make("dt", "", name), cell); }
  panel.append(facts);

  if (near.size) {
    panel.append(make("h4", "", "Linked with"));
    const list = make("ul", "ivg-linked");
    for (const [j, via] of [...near].slice(0, 8)) {
      const item = make("li"), words = via.map((e) => (scene.edge_labels[e] || `${scene.relations[scene.relation[e]]}: ${scene.weight[e]}`));
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
