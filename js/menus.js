// What opens below the buttons of the toolbar: select by rule, layout, look, filter, identity.

import { button, input, labelled, make, number, select } from "./dom.js";
import { able } from "./commands.js";

const row = (panel, ...parts) => { const line = make("div", "ivw-row"); line.append(...parts); panel.append(line); return line; };
const heading = (panel, text) => panel.append(make("h3", "", text));

export function fillSelect(panel, app, close) {
  heading(panel, "Select");
  const go = (rule, args) => { close(); app.gesture("select_rule", { rule, ...args }); };
  row(panel, button({ text: "All", key: "Ctrl+A" }, () => { close(); app.gesture("select", { nodes: app.scene.ids, mode: "set" }); }), button({ text: "Invert", key: "I" }, () => { close(); app.gesture("invert"); }), button({ text: "None", key: "Escape" }, () => { close(); app.gesture("clear_selection"); }));
  const k = input({ type: "number", value: "2", min: "1", label: "links to at least this many" });
  row(panel, make("span", "ivw-fieldname", "Linked to at least"), k, make("span", "", "of the selected"), button({ text: "Select", cls: "ivw-end" }, () => go("linked_to_selected", { k: Number(k.value) || 1 })));
  const degree = input({ type: "number", value: "5", min: "0", label: "smallest number of links" });
  row(panel, make("span", "ivw-fieldname", "With at least"), degree, make("span", "", "links"), button({ text: "Select", cls: "ivw-end" }, () => go("degree", { min: Number(degree.value) || 0 })));
  const choice = (title, rule, arg, options, convert = (v) => v) => {
    if (!options.length) return;
    const box = select(options, options[0][0]);
    box.setAttribute("aria-label", title);
    row(panel, make("span", "ivw-fieldname", title), box, button({ text: "Select", cls: "ivw-end" }, () => go(rule, { [arg]: convert(box.value) })));
  };
  const choices = app.state.choices || {};
  choice("Community", "community", "community", (choices.communities || []).map((c) => [String(c), `Community ${c}`]), Number);
  choice("With a link by", "relation", "relation", (choices.relations || []).map(([id, title]) => [id, title]));
  choice("Tagged", "tag", "name", (choices.tags || []).map((t) => [t, t]));
  choice("Of the kind", "kind", "name", (choices.kinds || []).length > 1 ? choices.kinds.map(([id, title]) => [id, title]) : []);
  const words = input({ placeholder: "part of a name or identifier", label: "text to search for" });
  row(panel, make("span", "ivw-fieldname", "Name holds"), words, button({ text: "Select", cls: "ivw-end" }, () => words.value.trim() && go("search", { text: words.value.trim() })));
}

export function fillLayout(panel, app, close) {
  heading(panel, "Layout");
  panel.append(make("p", "ivw-soft", "Nothing moves unless asked: pinned nodes stay, and a layout can be undone."));
  const seed = input({ type: "number", value: "0", min: "0", label: "Seed" });
  row(panel, button({ text: "Arrange all", cls: "ivw-primary" }, () => { close(); app.gesture("layout", { scope: "all", seed: Number(seed.value) || 0 }); }),
    button({ text: "Only the selection" }, () => { if (!app.selection.length) { app.say("Select something first."); return; } close(); app.gesture("layout", { scope: "selection", seed: Number(seed.value) || 0 }); }));
  panel.append(labelled("Seed", seed, "The same seed gives the same picture."));
  row(panel, button({ text: "Show what was hidden", key: "Shift+H" }, () => { close(); app.gesture("show_hidden"); }));
}

export function fillLook(panel, app) {
  heading(panel, "Look");
  const { look = {}, choices = {} } = app.state;
  for (const [name, title] of [["colour", "Colour"], ["size", "Size"], ["label", "Labels"], ["shape", "Shape"]]) {
    const options = (choices[name] || [look[name]]).filter(Boolean).map((o) => (Array.isArray(o) ? o : [o, o.replaceAll("_", " ")]));
    panel.append(labelled(title, select(options, look[name], (value) => app.gesture("look", { [name]: value }))));
  }
  panel.append(make("p", "ivw-soft", "Relations are told apart by line pattern as well as by name; groups by shape as well as by colour."));
}

export function fillFilter(panel, app) {
  heading(panel, "Filter");
  const { filters = {}, choices = {} } = app.state, apply = (change) => app.gesture("filter", { ...app.state.filters, ...change });
  const boxes = (title, options, held, name) => {
    if (!options?.length) return;
    const set = make("fieldset", "ivw-checks"); set.append(make("legend", "", title));
    const all = options.map(([id]) => id), on = new Set(held || all);
    for (const [id, text, count] of options) {
      const line = make("label", "ivw-check"), box = make("input");
      box.type = "checkbox"; box.checked = on.has(id);
      box.addEventListener("change", () => {
        if (box.checked) on.add(id); else on.delete(id);
        if (!on.size) { box.checked = true; on.add(id); app.say("At least one stays on."); return; }
        apply({ [name]: on.size === all.length ? null : all.filter((v) => on.has(v)) });
      });
      line.append(box, make("span", "", text), make("span", "ivw-soft", number(count)));
      set.append(line);
    }
    panel.append(set);
  };
  boxes("Links by", choices.relations, filters.relations, "relations");
  boxes("Nodes", choices.kinds, filters.kinds, "kinds");
  panel.append(labelled("Links drawn", select([["telling", "telling ones inside groups, and opened ones"], ["unusual", "unusual ones between groups too"], ["all", "every link"]], filters.edges || "telling", (edges) => apply({ edges }))));
  const lonely = make("label", "ivw-check"), lone = make("input");
  lone.type = "checkbox"; lone.checked = filters.lonely !== false;
  lone.addEventListener("change", () => apply({ lonely: lone.checked }));
  lonely.append(lone, make("span", "", "Nodes without a visible link")); panel.append(lonely);
  const weight = input({ type: "number", value: String(filters.min_weight ?? 0), min: "0", step: "1" }), q = input({ type: "number", value: String(filters.max_q ?? 1), min: "0", max: "1", step: "0.001" });
  weight.addEventListener("change", () => apply({ min_weight: Number(weight.value) || 0 }));
  q.addEventListener("change", () => apply({ max_q: q.value === "" ? 1 : Number(q.value) }));
  panel.append(labelled("Weight at least", weight, "distinct objects shared"), labelled("q at most", q, "share of false links expected among those kept"));
  row(panel, button({ text: "No filter" }, () => { app.gesture("filter", {}); app.menus.filter.close(); }));
}

/** Path and common neighbours: over links between accounts, or through what accounts share as well. */
export function fillBetween(panel, app, close, [plain, objects]) {
  heading(panel, plain.title);
  panel.append(make("p", "ivw-soft", `${plain.hint}. With other than two nodes selected: press, select the other end, press again.`));
  for (const [command, words] of [[plain, "Over links between accounts"], [objects, "Through shared objects too"]])
    panel.append(button({ text: words, label: words, key: command.key, cls: "ivw-wide" }, () => { close(); command.run(app); }));
}

export function fillIdentity(panel, app, close, commands) {
  heading(panel, "Identity");
  panel.append(make("p", "ivw-soft", "For two selected accounts. A record of what people think, with a reason; the data are never rewritten."));
  for (const command of commands) {
    const may = able(app, command), entry = button({ text: command.title, label: command.title, key: command.key, cls: "ivw-wide" }, () => { close(false); command.run(app); });
    if (may !== true) { entry.setAttribute("aria-disabled", "true"); entry.append(make("span", "ivw-soft", may)); }
    panel.append(entry);
  }
}
