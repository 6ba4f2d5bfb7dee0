// Everything that can be done, in one list: the toolbar, the keyboard and the help page are made from it.
// A command: id, title, key, icon, where ("top", "selection", "menu"), needs (what must be selected), run(app).

import { ask } from "./dom.js";

const some = (app) => app.selection.length > 0 || "select something first";
const writable = (app) => !app.state.read_only || "this case is open for reading only";
const two = (app) => app.selection.length === 2 || "select two first";

/** Path and common neighbours ask for two ends: two selected nodes, or one selection now and another one next. */
export function between(name, words, through = "accounts") {
  return (app) => {
    const held = app.end;
    if (held && held.name === name && held.through === through && held.nodes.join() !== app.selection.join() && app.selection.length) {
      app.end = null;
      return app.gesture(name, { a: held.nodes, b: app.selection, through });
    }
    if (app.selection.length === 2) { app.end = null; return app.gesture(name, { a: [app.selection[0]], b: [app.selection[1]], through }); }
    app.end = { name, through, nodes: [...app.selection] };
    return app.say(`${words} from ${app.named(app.selection)}: now select the other end and press the same button again.`);
  };
}

function withReason(app, title, name, args, fields = []) {
  const reason = { name: "reason", text: "Reason", long: true, required: true, hint: "Goes into the case log, with your name and the time." };
  return ask(app.root, { title, fields: [...fields, reason], send: (given) => app.ask(name, { ...args, ...given }) });
}

/** Takes back what was stated of two accounts: those selected, or one pair of a node that stands for several. */
async function split(app) {
  if (app.selection.length === 2) return pair("split", "Split two accounts again")(app);
  const held = await app.quiet("statements", { node: app.selection[0] });
  if (!held?.length) return app.say("Nothing was stated of this account.");
  const which = { name: "pair", text: "What was stated", options: held.map(([a, b, words]) => [JSON.stringify([a, b]), words]) };
  const send = ({ pair: ends, reason }) => { const [a, b] = JSON.parse(ends); return app.ask("split", { a, b, reason }); };
  return ask(app.root, { title: "Split two accounts again", fields: [which, { name: "reason", text: "Reason", long: true, required: true }], send });
}

const pair = (name, title) => (app) => withReason(app, title, name, { a: app.selection[0], b: app.selection[1] });

export const COMMANDS = [
  { id: "undo", title: "Undo", key: "Ctrl+Z", icon: "undo", where: "top", can: (app) => !!app.state.undo || "nothing to undo", run: (app) => app.gesture("undo") },
  { id: "redo", title: "Redo", key: "Ctrl+Shift+Z", also: ["Ctrl+Y"], icon: "redo", where: "top", can: (app) => !!app.state.redo || "nothing to redo", run: (app) => app.gesture("redo") },
  { id: "search", title: "Search", key: "/", where: "none", run: (app) => app.focusSearch() },
  { id: "move", title: "Select and move", key: "V", icon: "move", where: "tool", run: (app) => app.setTool("move") },
  { id: "lasso", title: "Lasso: draw around what to select", key: "L", icon: "lasso", where: "tool", run: (app) => app.setTool("lasso") },
  { id: "expand", title: "Expand", hint: "Neighbours of the selection, with counts before anything is added", key: "X", icon: "expand", where: "selection", can: some, run: (app) => app.openSide("expand") },
  { id: "collapse", title: "Collapse", hint: "Take back what expanding this node brought", key: "Shift+X", icon: "collapse", where: "selection", can: (app) => app.selection.length === 1 || "select one node", run: (app) => app.gesture("collapse", { node: app.selection[0] }) },
  { id: "hide", title: "Hide", hint: "Take the selection off the canvas", key: "H", also: ["Delete"], icon: "hide", where: "selection", can: some, run: (app) => app.gesture("hide", { nodes: app.selection }) },
  { id: "keep", title: "Keep only", hint: "Hide everything but the selection", key: "K", icon: "keep", where: "selection", can: some, run: (app) => app.gesture("keep", { nodes: app.selection }) },
  { id: "pin", title: "Pin", hint: "Hold the selection in its place, or let it go again", key: "P", icon: "pin", where: "selection", can: some,
    run: (app) => app.gesture(app.selection.every((k) => app.isPinned(k)) ? "unpin" : "pin", { nodes: app.selection }) },
  { id: "path", title: "Path", hint: "Shortest path between two nodes or two selections", key: "R", icon: "path", where: "selection", can: some, run: between("path", "Path") },
  { id: "common", title: "Common", hint: "Neighbours that two nodes or two selections share", key: "N", icon: "common", where: "selection", can: some, run: between("common", "Common neighbours") },
  { id: "pathObjects", title: "Path through shared objects too", key: "Shift+R", where: "between", can: some, run: between("path", "Path", "objects") },
  { id: "commonObjects", title: "Common neighbours and objects", key: "Shift+N", where: "between", can: some, run: between("common", "Common neighbours", "objects") },
  { id: "tag", title: "Tag", hint: "Give the selection a tag, with a reason", key: "T", icon: "tag", where: "selection", can: (app) => writable(app) === true ? some(app) : writable(app),
    run: (app) => withReason(app, `Tag ${app.named(app.selection)}`, "tag", { nodes: app.selection }, [{ name: "name", text: "Tag", required: true, placeholder: "for example: to check" }]) },
  { id: "exhibit", title: "Evidence", hint: "Put what is selected into the evidence basket", key: "B", icon: "star", where: "selection", can: (app) => writable(app) === true ? (app.target().ref.length > 0 || "choose an account or a link first") : writable(app), run: (app) => app.exhibit() },
  { id: "same", title: "Same operator", key: "M", where: "identity", can: (app) => writable(app) === true ? two(app) : writable(app), run: pair("merge", "Same operator") },
  { id: "differ", title: "Different operators", key: "D", where: "identity", can: (app) => writable(app) === true ? two(app) : writable(app), run: pair("differ", "Different operators") },
  { id: "unsure", title: "Unsure whether the same", key: "Shift+M", where: "identity", can: (app) => writable(app) === true ? two(app) : writable(app), run: pair("unsure", "Unsure whether the same operator") },
  { id: "split", title: "Split again", key: "Shift+D", where: "identity", can: (app) => writable(app) === true ? (app.selection.length === 1 || two(app)) : writable(app), run: split },
  { id: "untag", title: "Remove a tag", key: "Shift+T", where: "identity", can: (app) => writable(app) === true ? some(app) : writable(app),
    run: (app) => withReason(app, `Remove a tag from ${app.named(app.selection)}`, "untag", { nodes: app.selection }, [{ name: "name", text: "Tag", required: true }]) },
  { id: "select", title: "Select", key: "S", icon: "select", where: "menu", run: (app) => app.menus.select.open() },
  { id: "look", title: "Look", key: "A", icon: "look", where: "menu", run: (app) => app.menus.look.open() },
  { id: "filter", title: "Filter", key: "F", icon: "filter", where: "menu", run: (app) => app.menus.filter.open() },
  { id: "layout", title: "Layout", key: "Y", icon: "layout", where: "menu", run: (app) => app.menus.layout.open() },
  { id: "group", title: "Group", hint: "One node per community, and back", key: "G", icon: "group", where: "top", run: (app) => app.gesture("group", { by: app.state.group ? null : "community" }) },
  { id: "all", title: "Select all", key: "Ctrl+A", where: "none", run: (app) => app.gesture("select", { nodes: app.scene.ids, mode: "set" }) },
  { id: "invert", title: "Invert the selection", key: "I", where: "none", run: (app) => app.gesture("invert") },
  { id: "clear", title: "Clear the selection", key: "Escape", where: "none", can: (app) => app.selection.length > 0 || "nothing is selected", run: (app) => app.gesture("clear_selection") },
  { id: "hidden", title: "Show what was hidden", key: "Shift+H", where: "none", run: (app) => app.gesture("show_hidden") },
  { id: "fit", title: "Show the whole picture", key: "0", icon: "fit", where: "view", run: (app) => app.canvas?.fit() },
  { id: "lower", title: "Table", hint: "Show or put away the table", key: "Shift+L", icon: "table", where: "view", run: (app) => app.flip("lower") },
  { id: "side", title: "Side panel", hint: "Show or put away the side panel", key: "Shift+S", icon: "side", where: "view", run: (app) => app.flip("side") },
  { id: "full", title: "Whole screen", key: "Shift+F", icon: "full", where: "view", run: (app) => app.fullScreen() },
  { id: "help", title: "Keyboard and help", key: "?", icon: "help", where: "view", run: (app) => app.help() },
  { id: "details", title: "Details", key: "1", where: "none", run: (app) => app.openSide("details", true) },
  { id: "expandTab", title: "Expand preview", key: "2", where: "none", run: (app) => app.openSide("expand", true) },
  { id: "basket", title: "Evidence basket", key: "3", where: "none", run: (app) => app.openSide("basket", true) },
  { id: "history", title: "History", key: "4", where: "none", run: (app) => app.openSide("history", true) },
  { id: "accounts", title: "Table of accounts", key: "5", where: "none", run: (app) => app.showTable("accounts") },
  { id: "edges", title: "Table of edges", key: "6", where: "none", run: (app) => app.showTable("edges") },
  { id: "contents", title: "Table of contents", key: "7", where: "none", run: (app) => app.showTable("contents") },
  { id: "regions", title: "Next part: tools, picture, time, table, side panel", key: "F6", where: "none", run: (app, event) => app.nextRegion(event?.shiftKey ? -1 : 1) },
];

export const able = (app, command) => (command.can ? command.can(app) : true);

function pressed(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  const letter = event.key.length === 1;
  if (event.shiftKey && (!letter || /[a-z]/i.test(event.key))) parts.push("Shift");
  parts.push(letter ? event.key.toUpperCase() : event.key);
  return parts.join("+");
}

const EDITABLE = "input, select, textarea, [contenteditable='true']";

/** Listens inside the workbench only; letters are left alone while somebody types. */
export function listen(app) {
  const map = new Map(COMMANDS.flatMap((c) => [c.key, ...(c.also || [])].filter(Boolean).map((key) => [key, c])));
  app.root.addEventListener("keydown", (event) => {
    const key = pressed(event), typing = event.target.closest?.(EDITABLE);
    if (key === "Ctrl+S") { app.say("The case keeps every step by itself."); event.preventDefault(); return; }
    const command = map.get(key) || (key === "Shift+F6" ? map.get("F6") : null);
    if (!command || event.defaultPrevented) return;
    if (typing && key !== "F6" && key !== "Shift+F6") return;
    if (key === "Escape" && app.escape()) { event.preventDefault(); return; }
    if (key === "Delete" && !event.target.closest(".ivw-stage, .ivw-tools")) return;
    const may = able(app, command);
    if (may === true) command.run(app, event); else app.say(`${command.title}: ${may}.`);
    event.preventDefault(); event.stopPropagation();
  });
}
