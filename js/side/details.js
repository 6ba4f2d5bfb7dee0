// Facts about one account, content or object; for an edge, what it is made of. Data is what investigate/widgets/_details.py sends.

import { button, make, name, number, plural } from "../dom.js";

const list = (facts) => {
  const box = make("dl", "ivw-facts");
  for (const [key, value] of facts) { const cell = make("dd"); cell.append(name(typeof value === "number" ? number(value) : value)); box.append(make("dt", "", key), cell); }
  return box;
};

/** A text of a post: shown, or covered with the reason and a button that shows it. */
export function post(app, content) {
  const box = make("div", "ivw-post"), head = make("p", "ivw-when");
  head.append(content.who ? name(content.who, "ivw-who") : "", content.at ? make("span", "", ` ${content.at}`) : "");
  box.append(head);
  const body = make("p", "ivw-body");
  const fill = (text, hidden) => {
    body.textContent = "";
    if (hidden) {
      body.classList.add("ivw-covered");
      body.append(make("span", "", `Covered: ${hidden}. `), button({ text: "Show", label: "Show this text" }, async () => {
        const shown = await app.quiet("reveal", { content: content.id });
        if (shown) fill(shown.text, "");
      }));
    } else {
      body.classList.remove("ivw-covered");
      if (text) body.append(name(text)); else body.append(make("span", "ivw-soft", "no text"));
      if (content.hidden) body.append(" ", button({ text: "Cover again", cls: "ivw-small" }, () => fill("", content.hidden)));
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
    row.append(button({ text: "Centre" }, () => app.centre(data.node)), button({ text: "Expand" }, () => app.openSide("expand")), button({ text: "Add to evidence", icon: "star" }, () => app.exhibit()));
    panel.append(row);
    if (data.facts?.length) panel.append(list(data.facts));
    if (data.tags?.length) {
      panel.append(make("h4", "", "Tags and identity"));
      const tags = make("ul", "ivw-plain");
      for (const tag of data.tags) { const item = make("li"); item.append(name(tag.name, "ivw-chip"), make("span", "ivw-soft", ` ${tag.words || ""}`)); tags.append(item); }
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
    for (const line of data.notes || []) panel.append(make("p", "ivw-soft", line));
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
    if (data.explanations?.length) {
      panel.append(make("h4", "", "Innocent explanations checked"));
      const dl = make("ul", "ivw-plain");
      for (const e of data.explanations) { const item = make("li"); item.append(make("strong", "", e.title), make("span", `ivw-verdict ivw-${e.result || "open"}`, ` ${e.result || ""}`), make("p", "ivw-soft", e.text || "")); dl.append(item); }
      panel.append(dl);
    }
    if (data.objects?.length) {
      panel.append(make("h4", "", `What both acted on (${number(data.n_objects ?? data.objects.length)})`));
      const objects = make("ul", "ivw-plain");
      for (const o of data.objects) { const item = make("li"); item.append(name(o.label, "ivw-chip"), make("span", "ivw-soft", ` ${o.words || ""}`)); objects.append(item); }
      panel.append(objects);
    }
    if (data.pairs?.length) {
      panel.append(make("h4", "", `Side by side${data.n_pairs > data.pairs.length ? `, ${data.pairs.length} of ${number(data.n_pairs)}` : ""}`));
      for (const pair of data.pairs) {
        const box = make("article", "ivw-pair"), gap = make("p", "ivw-gap");
        gap.append(make("strong", "", pair.gap || ""), pair.first ? make("span", "", pair.first) : "", pair.object ? name(pair.object, "ivw-chip") : "");
        const both = make("div", "ivw-two");
        both.append(post(app, pair.a), post(app, pair.b));
        box.append(gap, both); panel.append(box);
      }
    }
    for (const line of data.notes || []) panel.append(make("p", "ivw-soft", line));
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
