// What the picture says in words: for the live text, the hover cards and the names of things. Plain text only.

const many = (n, one, more = one + "s") => `${n.toLocaleString("en")} ${n === 1 ? one : more}`;

/** "40 accounts (20 switched off), 120 links, 3 groups." */
export function summaryOf(model) {
  const { scene } = model;
  let nodes = 0, edges = 0;
  for (let i = 0; i < model.n; i++) if (model.nodeShown(i)) nodes++;
  for (let e = 0; e < model.m; e++) if (model.edgeShown(e)) edges++;
  const hidden = model.n - nodes ? ` (${(model.n - nodes).toLocaleString("en")} switched off)` : "";
  const plain = scene.kinds.length < 2 && (scene.kinds[0] || "account") === "account";
  const kinds = plain ? "" : ` (${scene.kinds.map((name, k) => `${name} ${model.perKind[k].toLocaleString("en")}`).join(", ")})`;
  const groups = scene.groups.length ? `, ${many(scene.groups.length, "group")}` : "";
  return `${plain ? many(nodes, "account") : many(nodes, "node")}${kinds}${hidden}, ${many(edges, "link")}${groups}.`;
}

export const linkedWith = (model, i) => new Set(model.edgesOf(i).map((e) => model.other(e, i))).size;
export const groupOf = (model, i) => (model.scene.groups[model.group[i]] ? model.scene.groups[model.group[i]].name : "no group");

export const moreInWords = (model, i) => `${many(model.more(i), "more linked account")} not on the canvas`;

/** Node i in one sentence, for the live text. */
export function nodeInWords(model, i, selected) {
  const parts = [model.scene.labels[i].slice(0, 80), model.kindName(i), groupOf(model, i), `linked with ${linkedWith(model, i).toLocaleString("en")}`];
  if (model.more(i)) parts.push(moreInWords(model, i));
  if (model.mark(i)) parts.push(model.mark(i));
  if (model.pinned[i]) parts.push("position pinned");
  if (selected) parts.push("chosen");
  return parts.join(", ") + ".";
}

export function edgeWords(model, e) {
  const { scene } = model;
  return (scene.edge_labels && scene.edge_labels[e]) || `${scene.relations[scene.relation[e]]}: ${scene.weight[e].toLocaleString("en", { maximumFractionDigits: 3 })}`;
}

export function edgeInWords(model, e) {
  const { scene } = model, to = model.directed[e] ? " to " : " and ";
  return `${scene.labels[model.a[e]].slice(0, 80)}${to}${scene.labels[model.b[e]].slice(0, 80)}, ${edgeWords(model, e)}.`;
}
