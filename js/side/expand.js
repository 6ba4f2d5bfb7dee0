// What expanding would bring, by relation and type, counted before anything is added.

import { button, enable, input, make, number } from "../dom.js";

export function buildExpand(app, panel) {
  let version = 0, asked = "";
  const idle = () => { panel.textContent = ""; panel.append(make("p", "ivw-none", "Choose one or more nodes to see what they are linked with outside the picture.")); };

  async function show(nodes, force = false) {
    const key = JSON.stringify([nodes, app.sceneVersion]);
    if (key === asked && !force) return;
    asked = key;
    const mine = ++version;
    if (!nodes.length) { idle(); return; }
    if (!panel.childElementCount || panel.querySelector(".ivw-none")) { panel.textContent = ""; panel.append(make("p", "ivw-soft", "Counting…")); }
    let data;
    try { data = await app.ask("preview", { nodes }); } catch (error) {
      if (mine === version) { panel.textContent = ""; panel.append(make("p", "ivw-none", error.what)); }
      return;
    }
    if (mine !== version) return;
    panel.textContent = "";
    const head = make("header", "ivw-sidehead"); head.append(make("h3", "", `Expand ${app.named(nodes)}`));
    panel.append(head);
    if (!data.rows.length) { panel.append(make("p", "ivw-none", "There is nothing more to bring in.")); return; }
    const top = input({ type: "number", value: "20", min: "1", label: "at most this many per row" }), weight = input({ type: "number", value: "0", min: "0", label: "weight at least" });
    const knobs = make("div", "ivw-row");
    knobs.append(make("span", "", "Strongest"), top, make("span", "", "weight ≥"), weight);
    panel.append(knobs);
    const expand = (via) => app.gesture("expand", { nodes, via, top: Math.max(1, Number(top.value) || 20), min_weight: Number(weight.value) || 0 });
    const table = make("table", "ivw-table"), body = make("tbody"), headRow = make("tr");
    for (const [text, right] of [["Through", 0], ["New", 1], ["Shown", 1], ["", 0]]) { const th = make(text ? "th" : "td", right ? "ivw-right" : "", text); if (text) th.scope = "col"; headRow.append(th); }
    const thead = make("thead"); thead.append(headRow);
    for (const row of data.rows) {
      const tr = make("tr"), th = make("th", "", row.title); th.scope = "row";
      if (row.note) th.append(make("span", "ivw-soft ivw-block", row.note));
      if (row.strongest) { const names = make("span", "ivw-soft ivw-block ivw-strongest", row.strongest); names.title = `Strongest new: ${row.strongest}`; th.append(names); }
      const cell = make("td", "ivw-right"), add = button({ text: "Add", label: `Add through ${row.title}: ${number(row.new)} new` }, () => expand(row.via));
      enable(add, row.new > 0, "nothing new");
      cell.append(add);
      tr.append(th, make("td", "ivw-right", number(row.new)), make("td", "ivw-right", number(row.shown)), cell);
      body.append(tr);
    }
    table.append(thead, body); panel.append(table);
    const accounts = data.rows.filter((r) => r.kind === "account" && r.new > 0);
    if (accounts.length) {
      const line = make("div", "ivw-row"), count = accounts.length > 1 ? `through ${accounts.length} relations` : `through ${accounts[0].title.toLowerCase()}`;
      line.append(button({ text: `Add accounts ${count}`, cls: "ivw-primary" }, () => expand(accounts.flatMap((r) => r.via))));
      panel.append(line);
    }
    panel.append(make("p", "ivw-soft", data.note || "More than fits comes as one bundle, which can be opened. What is placed stays where it is."));
  }
  idle();
  return { show };
}
