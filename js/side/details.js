// Facts about one account, content or object; for an edge, what it is made of. Data is what investigate/widgets/_details.py sends.

import { button, make, name, number, plural } from "../dom.js";

const list = (facts) => {
  const box = make("dl", "ivw-facts");
  for (const [key, value] of facts) { const cell = make("dd"); cell.append(name(typeof value === "number" ? number(value) : value)); box.append(make("dt", "", key), cell); }
  return box;
};

const open = new Set();  // texts that were shown by request; covered again on leaving

/** A text of a post: shown, or covered with the reason and a button that shows it. */
export function post(app, content) {
  const box = make("div", "ivw-post"), head = make("p", "ivw-when");
  head.append(content.who ? name(content.who, "ivw-who") : "", content.at ? make("span", "", ` ${content.at}`) : "");
  box.append(head);
  const body = make("p", "ivw-said");
  const fill = (text, hidden) => {
    body.textContent = "";
    if (hidden) {
      body.classList.add("ivw-covered");
      body.append(make("span", "", `Covered: ${hidden}. `), button({ text: "Show", label: "Show this text" }, async () => {
        const shown = await app.quiet("reveal", { content: content.id });
        if (!shown) return;
        open.add(content.id);
        fill(shown.text, "");
        if (shown.prompt) app.say(shown.prompt);
      }));
    } else {
      body.classList.remove("ivw-covered");
      if (text) body.append(name(text)); else body.append(make("span", "ivw-soft", "no text"));
      if (content.hidden) body.append(" ", button({ text: "Cover again", cls: "ivw-small" }, () => { open.delete(content.id); app.quiet("cover", { content: content.id }); fill("", content.hidden); }));
    }
  };
  fill(content.text, content.hidden);
  box.append(body);
  return box;
}

export function buildDetails(app, panel) {
  let shown = null, version = 0;
  const empty = () => {
    panel.textContent = "";
    panel.append(make("p", "ivw-none", "Choose an account or a link in the picture or in the table. Several chosen accounts are listed here."));
  };

  function node(data) {
    const head = make("header", "ivw-sidehead"), title = make("h3"); title.append(name(data.title));
    head.append(title, make("p", "ivw-soft", data.sub || ""));
    panel.append(head);
    const row = make("div", "ivw-row");
    if (app.index.has(data.node)) row.append(button({ text: "Centre" }, () => app.centre(data.node)), button({ text: "Expand" }, () => app.open(data.node)));
    else row.append(button({ text: "Put in the picture" }, () => app.bring(data.node)));
    row.append(button({ text: "Add to evidence", icon: "star" }, () => app.exhibit()));
    panel.append(row);
    if (data.facts?.length) panel.append(list(data.facts));
    if (data.tags?.length || data.identity?.length) {
      panel.append(make("h4", "", "Tags and identity"));
      const tags = make("ul", "ivw-plain");
      for (const tag of data.tags) { const item = make("li"); item.append(name(tag.name, "ivw-chip"), make("span", "ivw-soft", ` ${tag.words || ""}`)); tags.append(item); }
      for (const words of data.identity || []) { const item = make("li"); item.append(name(words)); tags.append(item); }
      panel.append(tags);
    }
    if (data.linked?.length) {
      panel.append(make("h4", "", `Links, strongest first (${number(data.n_linked ?? data.linked.length)})`));
      const links = make("ul", "ivw-plain");
      for (const link of data.linked) {
        const item = make("li", "ivw-link"), open = button({ cls: "ivw-hit", label: `Open the link with ${link.label}: ${link.words}` }, () => app.openEdge(link.edge));
        open.append(name(link.label), make("span", "ivw-soft", link.words));
        item.append(open); links.append(item);
      }
      panel.append(links);
      if (data.n_linked > data.linked.length) panel.append(make("p", "ivw-soft", `and ${number(data.n_linked - data.linked.length)} more, in the table of edges`));
    }
    if (data.contents?.length) {
      panel.append(make("h4", "", `Contents, ${data.contents.length < data.n_contents ? `${data.contents.length} of ${number(data.n_contents)}` : number(data.n_contents)}`));
      for (const content of data.contents) panel.append(post(app, content));
    }
    said(data);
  }

  /** What was found and decided about it: findings, exhibits, notes. */
  function said(data) {
    if (data.findings?.length) {
      panel.append(make("h4", "", "Findings"));
      const items = make("ul", "ivw-plain");
      for (const f of data.findings) { const item = make("li"); item.append(make("span", "ivw-chip", f.grade), " ", name(f.title), make("span", "ivw-soft", ` ${f.status.replaceAll("_", " ")}`)); items.append(item); }
      panel.append(items);
    }
    if (data.exhibits?.length) panel.append(make("p", "ivw-soft ivw-top", `In the evidence basket: ${data.exhibits.join(", ")}`));
    for (const line of data.notes || []) panel.append(make("p", "ivw-soft ivw-top", line));
  }

  function edge(data) {
    const head = make("header", "ivw-sidehead"), title = make("h3"), [a, b] = data.ends;
    title.append(name(a.label), make("span", "ivw-soft", " and "), name(b.label));
    head.append(title, make("p", "ivw-soft", data.sub || ""));
    panel.append(head);
    const row = make("div", "ivw-row");
    row.append(button({ text: "Add to evidence", icon: "star", cls: "ivw-accent" }, () => app.exhibit()), button({ text: a.label.slice(0, 18), label: `Choose ${a.label}` }, () => app.choose(a.id)), button({ text: b.label.slice(0, 18), label: `Choose ${b.label}` }, () => app.choose(b.id)));
    panel.append(row);
    if (data.chance?.length) {
      const box = make("div", "ivw-chance");
      for (const line of data.chance) box.append(make("p", "", line));
      panel.append(box);
    }
    if (data.facts?.length) panel.append(list(data.facts));
    const fold = (title, items, count, line) => {
      if (!items?.length) return;
      const box = make("details", "ivw-fold"), list_ = make("ul", "ivw-plain");
      box.append(make("summary", "", title), list_);
      for (const one of items) { const item = make("li"); line(item, one); list_.append(item); }
      if (count > items.length) list_.append(make("li", "ivw-soft", `and ${number(count - items.length)} more`));
      panel.append(box);
    };
    const verdicts = new Map();
    for (const e of data.explanations || []) verdicts.set(e.result, (verdicts.get(e.result) || 0) + 1);
    fold(`Innocent explanations checked: ${[...verdicts].map(([word, n]) => `${word} ${n}`).join(", ")}`, data.explanations, 0, (item, e) => item.append(make("strong", "", e.title), make("span", "ivw-verdict", ` ${e.result || ""}`), make("p", "ivw-soft", e.text || "")));
    fold(`What both acted on: ${number(data.n_objects ?? 0)}`, data.objects, data.n_objects, (item, o) => item.append(name(o.label, "ivw-chip"), make("span", "ivw-soft", ` ${o.words || ""}`)));
    if (data.pairs?.length) {
      panel.append(make("h4", "", `Side by side${data.n_pairs > data.pairs.length ? `, ${data.pairs.length} of ${number(data.n_pairs)}` : ""}`));
      for (const pair of data.pairs) {
        const box = make("article", "ivw-pair"), gap = make("p", "ivw-gap");
        gap.append(pair.gap ? make("strong", "", `${pair.gap} apart`) : "", pair.first ? make("span", "", pair.first) : "", pair.object ? name(pair.object.slice(0, 90), "ivw-chip") : "");
        const both = make("div", "ivw-two");
        both.append(post(app, pair.a), post(app, pair.b));
        box.append(gap, both); panel.append(box);
      }
    }
    for (const content of data.contents || []) panel.append(post(app, content));
    said(data);
  }

  function several(keys) {
    panel.append(make("h3", "", plural(keys.length, "node") + " chosen"));
    const links = make("ul", "ivw-plain");
    for (const key of keys.slice(0, 60)) {
      const item = make("li"), open = button({ cls: "ivw-hit" }, () => app.choose(key)), i = app.index.get(key);
      open.append(name(i === undefined ? key : app.scene.labels[i]), make("span", "ivw-soft", i === undefined ? "" : app.kindOf(i)));
      item.append(open); links.append(item);
    }
    panel.append(links);
    if (keys.length > 60) panel.append(make("p", "ivw-soft", `and ${number(keys.length - 60)} more, marked in the table`));
  }

  /** what: {node} or {edge} or {nodes} or null. */
  async function show(what, force) {
    const key = JSON.stringify(what);
    if (key === shown && !force) return;
    shown = key;
    const mine = ++version;
    for (const id of open) app.quiet("cover", { content: id });
    open.clear();
    if (!what) { empty(); return; }
    if (what.nodes) { panel.textContent = ""; several(what.nodes); panel.scrollTop = 0; return; }
    panel.setAttribute("aria-busy", "true");
    try {
      const data = await app.ask("details", what);
      if (mine !== version) return;
      panel.textContent = "";
      if (data.ends) edge(data); else node(data);
    } catch (error) {
      if (mine === version) { panel.textContent = ""; panel.append(make("p", "ivw-none", `${error.what} ${error.do || ""}`)); }
    }
    panel.removeAttribute("aria-busy");
    panel.scrollTop = 0;
  }
  empty();
  return { show };
}
