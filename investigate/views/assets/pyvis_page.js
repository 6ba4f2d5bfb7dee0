// The page of the light export: vis-network on the page's own data. Text goes in as text, never as markup.
(function () {
  "use strict";
  const held = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const inTheme = (colour) => (dark.matches ? held.dark[colour] || colour : colour);
  const painted = (item) => Object.assign({}, item, { color: inTheme(item.color) });
  const nodes = new vis.DataSet(held.nodes.map(painted)), edges = new vis.DataSet(held.edges.map(painted));
  const find = document.getElementById("find"), relation = document.getElementById("relation"), said = document.getElementById("said");

  const font = () => ({ color: held.ink[dark.matches ? 1 : 0], strokeColor: held.ink[dark.matches ? 3 : 2] });
  const options = Object.assign({}, held.options);
  options.nodes = Object.assign({}, options.nodes, { font: Object.assign({}, options.nodes.font, font()) });
  const shown = new vis.DataView(edges, { filter: (e) => relation.value === "" || e.relation === Number(relation.value) });
  const network = new vis.Network(document.getElementById("graph"), { nodes, edges: shown }, options);
  window.network = network;

  const option = (value, text) => {
    const made = document.createElement("option");
    made.value = value;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  held.relations.forEach((title, i) => relation.append(option(String(i), title)));
  const list = document.getElementById("accounts"), known = new Map();
  held.names.forEach((name, i) => { if (!known.has(name)) { known.set(name, i); list.append(option(name)); } });

  const tell = (i) => {
    const links = network.getConnectedEdges(i).length;
    said.textContent = held.nodes[i].title.replaceAll("\n", " · ") + " · " + links + (links === 1 ? " link" : " links") + " shown";
  };
  const choose = (i) => {
    network.selectNodes([i]);
    network.focus(i, { scale: Math.max(network.getScale(), 0.9), animation: false });
    tell(i);
  };
  find.addEventListener("input", () => { if (known.has(find.value)) choose(known.get(find.value)); });
  find.addEventListener("change", () => {
    const wanted = find.value.trim().toLowerCase();
    if (!wanted) { network.unselectAll(); said.textContent = ""; return; }
    const i = known.has(find.value) ? known.get(find.value) : held.names.findIndex((n) => n.toLowerCase().includes(wanted));
    if (i >= 0) choose(i); else said.textContent = "No account with this text in its name.";
  });
  document.getElementById("tools").addEventListener("submit", (event) => event.preventDefault());
  relation.addEventListener("change", () => {
    shown.refresh();
    said.textContent = shown.length + " of " + edges.length + " links shown";
  });
  document.getElementById("whole").addEventListener("click", () => network.fit({ animation: false }));
  network.on("selectNode", (event) => tell(event.nodes[0]));
  network.on("selectEdge", (event) => { if (!event.nodes.length) said.textContent = held.edges[event.edges[0]].title; });
  network.on("deselectNode", () => { said.textContent = ""; });
  dark.addEventListener("change", () => {
    nodes.update(held.nodes.map((n) => ({ id: n.id, color: inTheme(n.color) })));
    edges.update(held.edges.map((e) => ({ id: e.id, color: inTheme(e.color) })));
    network.setOptions({ nodes: { font: font() } });
  });
  network.once("afterDrawing", () => { window.drawn = true; });
})();
