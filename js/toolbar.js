// The two rows above the picture: the view, and what can be done with the selection.

import { able, COMMANDS } from "./commands.js";
import { button, enable, icon, input, make, plural, popover } from "./dom.js";
import { fillBetween, fillFilter, fillIdentity, fillLayout, fillLook, fillSelect } from "./menus.js";

const byId = (id) => COMMANDS.find((c) => c.id === id);

export function buildToolbar(app) {
  const bar = make("div", "ivw-tools"), top = make("div", "ivw-toolrow"), row = make("div", "ivw-toolrow ivw-selectionrow"), live = [];
  bar.setAttribute("role", "region"); bar.setAttribute("aria-label", "Tools");
  const add = (parent, command, cls = "", text = command.title) => {
    const element = button({ text, icon: command.icon, label: command.hint ? `${command.title}: ${command.hint.charAt(0).toLowerCase()}${command.hint.slice(1)}` : command.title, key: command.key, cls }, (event) => command.run(app, event));
    element.dataset.command = command.id;
    live.push([element, command]);
    parent.append(element);
    return element;
  };
  const cluster = (parent, label) => { const box = make("div", "ivw-cluster"); box.setAttribute("role", "group"); box.setAttribute("aria-label", label); parent.append(box); return box; };

  // --- search: what is in the picture first, then the case ----------------------------------------------------------
  const search = buildSearch(app);
  top.append(search.box);

  const steps = cluster(top, "Undo and redo"), undo = add(steps, byId("undo"), "ivw-undo"), redo = add(steps, byId("redo"), "ivw-redo");
  const tools = cluster(top, "Pointer"), pointers = new Map();
  for (const id of ["move", "lasso"]) pointers.set(id, add(tools, byId(id), "ivw-only", ""));

  app.menus = {};
  const view = cluster(top, "View");
  const menu = (parent, id, fill, title) => {
    const command = byId(id), element = button({ text: command.title, icon: command.icon, label: title, key: command.key, cls: "ivw-menu" }, () => {});
    element.dataset.command = id;
    parent.append(element);
    app.menus[id] = popover(app.root, element, title, (panel, close) => fill(panel, app, close));
    return element;
  };
  menu(view, "layout", fillLayout, "Layout: arrange the picture again");
  const group = add(view, byId("group"));
  menu(view, "look", fillLook, "Look: colour, size, labels, shapes");
  const filter = menu(view, "filter", fillFilter, "Filter: links by kind, strength, chance");
  const badge = make("span", "ivw-badge"); filter.append(badge);

  top.append(make("span", "ivw-spring"));
  const rest = cluster(top, "Window");
  for (const id of ["lower", "side", "full", "help"]) add(rest, byId(id), "ivw-only", "");

  // --- the selection -------------------------------------------------------------------------------------------------
  const select = cluster(row, "Choose");
  const chosen = menu(select, "select", fillSelect, "Select by rule");
  const count = make("span", "ivw-chosencount"); row.append(count);
  const act = cluster(row, "With the selection");
  for (const id of ["expand", "collapse", "hide", "keep", "pin"]) add(act, byId(id));
  const relate = cluster(row, "Between two");
  for (const id of ["path", "common"]) {
    const opener = menu(relate, id, (panel, _, close) => fillBetween(panel, app, close, [byId(id), byId(`${id}Objects`)]), byId(id).hint);
    live.push([opener, byId(id)]);
  }
  const decide = cluster(row, "Record");
  add(decide, byId("tag"));
  const identity = button({ text: "Identity", icon: "same", label: "Identity: same operator, different, unsure", cls: "ivw-menu" }, () => {});
  decide.append(identity);
  app.menus.identity = popover(app.root, identity, "Identity", (panel, close) => fillIdentity(panel, app, close, COMMANDS.filter((c) => c.where === "identity")));
  add(decide, byId("exhibit"), "ivw-accent");
  bar.append(top, row);

  // Toolbars by the ARIA pattern: one stop for Tab, arrow keys within.
  for (const line of [top, row]) {
    line.setAttribute("role", "toolbar");
    line.setAttribute("aria-label", line === top ? "View" : "Selection");
    line.addEventListener("keydown", (event) => {
      if (event.target.matches("input") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const stops = [...line.querySelectorAll("button")].filter((b) => b.offsetParent), at = stops.indexOf(event.target.closest("button"));
      if (at < 0) return;
      stops[(at + (event.key === "ArrowRight" ? 1 : -1) + stops.length) % stops.length].focus();
      event.preventDefault(); event.stopPropagation();
    });
  }

  return {
    bar, search,
    update() {
      const { state, selection } = app, n = selection.length;
      const word = (element, text, full) => { element.querySelector(".ivw-text").textContent = text; element.dataset.title = element.title = full; element.setAttribute("aria-label", full); };
      const short = (text) => (text.length > 22 ? `${text.slice(0, 21)}…` : text);
      word(undo, state.undo ? `Undo: ${short(state.undo)}` : "Undo", state.undo ? `Undo: ${state.undo}  (Ctrl+Z)` : "Undo  (Ctrl+Z)");
      word(redo, "Redo", state.redo ? `Redo: ${state.redo}  (Ctrl+Shift+Z)` : "Redo  (Ctrl+Shift+Z)");
      count.textContent = n ? `${plural(n, "selected", "selected")}` : "none selected";
      count.title = n ? app.named(selection) : "";
      for (const [element, command] of live) { const may = able(app, command); enable(element, may === true, may === true ? "" : may); }
      group.setAttribute("aria-pressed", state.group ? "true" : "false");
      for (const id of ["lower", "side"]) bar.querySelector(`[data-command=${id}]`).setAttribute("aria-pressed", app.isOpen(id) ? "true" : "false");
      for (const [id, element] of pointers) element.setAttribute("aria-pressed", app.tool === id ? "true" : "false");
      const on = app.activeFilters();
      badge.textContent = on ? String(on) : ""; badge.hidden = !on;
      filter.setAttribute("aria-label", on ? `Filter: ${plural(on, "filter")} on` : "Filter: links by kind, strength, chance");
      chosen.setAttribute("aria-label", "Select by rule");
    },
  };
}

function buildSearch(app) {
  const box = make("div", "ivw-search"), field = input({ type: "search", placeholder: "Search accounts, links, tags", label: "Search the picture and the case" }), list = make("ul", "ivw-found");
  const mark = make("span", "ivw-searchicon"); mark.append(icon("search"));
  list.hidden = true;
  let asked = 0, timer = 0;
  const take = async (hit) => {
    list.hidden = true;
    if (hit.here) { await app.gesture("select", { nodes: [hit.id], mode: "set" }); app.centre(hit.id); }
    else { await app.gesture("add", { nodes: [hit.id] }); await app.gesture("select", { nodes: [hit.id], mode: "set" }); app.centre(hit.id); }
  };
  const show = (hits, words) => {
    list.textContent = "";
    for (const hit of hits) {
      const item = make("li"), entry = button({ cls: "ivw-hit" }, () => take(hit));
      entry.append(make("bdi", "", hit.label), make("span", "ivw-soft", hit.here ? hit.kind : `${hit.kind}, not in the picture: adds it`));
      item.append(entry); list.append(item);
    }
    const matches = app.matches(words).length;
    if (matches > 1) {
      const item = make("li"), entry = button({ text: `Select all ${matches.toLocaleString("en")} in the picture that match`, cls: "ivw-hit" }, () => { list.hidden = true; app.gesture("select", { nodes: app.matches(words).map((i) => app.scene.ids[i]), mode: "set" }); });
      item.append(entry); list.append(item);
    }
    if (!hits.length) list.append(make("li", "ivw-soft", "Nothing has this in its name."));
    list.hidden = !words;
  };
  field.addEventListener("input", () => {
    const words = field.value.trim(), mine = ++asked;
    const here = app.matches(words).slice(0, 7).map((i) => ({ id: app.scene.ids[i], label: app.scene.labels[i], kind: app.kindOf(i), here: true }));
    show(words ? here : [], words);
    clearTimeout(timer);
    if (words.length >= 2) timer = setTimeout(() => app.ask("find", { text: words, limit: 7 }).then((found) => {
      if (mine !== asked || !found) return;
      const held = new Set(app.scene.ids);
      show([...here, ...found.filter((f) => !held.has(f.id)).map((f) => ({ ...f, here: false }))].slice(0, 10), words);
    }).catch(() => {}), 220);
  });
  field.addEventListener("keydown", (event) => {
    const entries = [...list.querySelectorAll("button")];
    if (event.key === "Enter" && entries.length) { entries[0].click(); event.preventDefault(); }
    if (event.key === "ArrowDown" && !list.hidden) { entries[0]?.focus(); event.preventDefault(); }
    if (event.key === "Escape") { list.hidden = true; event.stopPropagation(); }
  });
  list.addEventListener("keydown", (event) => {
    const entries = [...list.querySelectorAll("button")], at = entries.indexOf(event.target.closest("button"));
    if (event.key === "ArrowDown") entries[Math.min(at + 1, entries.length - 1)].focus();
    else if (event.key === "ArrowUp") (entries[at - 1] || field).focus();
    else if (event.key === "Escape") { list.hidden = true; field.focus(); }
    else return;
    event.preventDefault(); event.stopPropagation();
  });
  box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) list.hidden = true; });
  box.append(mark, field, list);
  return { box, field };
}
