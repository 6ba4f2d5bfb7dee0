// The evidence basket: numbered exhibits with note, stance and finding; each can be retracted with a reason.

import { ask, button, make, name, number } from "../dom.js";

export function buildBasket(app, panel) {
  function update() {
    const items = app.basket;
    panel.textContent = "";
    const open = items.filter((e) => !e.retracted);
    app.side.count("basket", open.length || "");
    if (!items.length) {
      panel.append(make("p", "ivw-none", "Nothing is in the basket yet. Choose an account or a link and press Evidence (B): it is numbered, keeps the rows and the query behind it, and goes into the report."));
    }
    for (const item of [...items].reverse()) {
      const box = make("article", `ivw-exhibit${item.retracted ? " ivw-retracted" : ""}`), head = make("div", "ivw-row");
      head.append(make("strong", "ivw-number", item.number), make("span", `ivw-chip ivw-${item.stance}`, item.retracted ? "retracted" : item.stance));
      const open_ = button({ cls: "ivw-hit", label: `Open ${item.number}` }, () => app.openRef(item)); open_.append(name(item.title));
      box.append(head, open_);
      if (item.note) box.append(make("p", "ivw-said", item.note));
      const facts = [item.kind, item.finding_id && `finding ${item.finding_id}`, item.confidence && `confidence ${item.confidence}`, item.n_rows ? `${number(item.n_rows)} rows` : "", `${item.by} ${item.at}`].filter(Boolean);
      box.append(make("p", "ivw-soft", facts.join(" · ")));
      if (!item.retracted && !app.state.read_only) box.append(button({ text: "Retract", cls: "ivw-small" }, () => {
        ask(app.root, { send: (given) => app.ask("retract_exhibit", { number: item.number, ...given }), title: `Retract ${item.number}`, text: "The entry stays in the log, marked as retracted.", fields: [{ name: "reason", text: "Reason", long: true, required: true }], ok: "Retract" });
      }));
      panel.append(box);
    }
    if (app.state.read_only) return;
    const row = make("div", "ivw-row ivw-top");
    row.append(button({ text: "Add the whole view", icon: "star", label: "Put the view as it is now into the basket" }, () => app.exhibit("view")));
    panel.append(row);
  }
  return { update };
}
