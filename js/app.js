// The shell: puts the parts on the page, follows the kernel's traits, and turns what people do into gestures.

import { COMMANDS, able, listen } from "./commands.js";
import { ask as question, button, make, number, plural, tabs } from "./dom.js";
import { mount } from "./graph/mount.js";
import { openHelp } from "./help.js";
import { buildSide } from "./side/panel.js";
import { splitter } from "./splitter.js";
import { mountTable } from "./table.js";
import { timeline } from "./timeline.js";
import { buildToolbar } from "./toolbar.js";
import { connect, unpack } from "./wire.js";

const EMPTY = { ids: [], labels: [], x: [], y: [], size: [], kinds: [], kind: [], group: [], groups: [], relations: [], a: [], b: [], weight: [], relation: [], edge_labels: [], cards: {}, title: "Network", note: "" };
const QUIET = new Set(["select", "select_rule", "invert", "clear_selection"]);

export function makeApp(model, { painter } = {}) {
  const root = make("div", "ivw"), listeners = [];
  root.dataset.lmSuppressShortcuts = "true";  // JupyterLab's single-letter shortcuts stay out
  root.tabIndex = -1;
  root.setAttribute("role", "region");
  const app = {
    root, model, state: model.get("_state") || {}, selection: model.get("_selection") || [], history: { first: 0, done: [], undone: [] }, basket: model.get("_basket") || [],
    scene: EMPTY, index: new Map(), edgeIndex: new Map(), sceneVersion: 0, tool: "move", end: null, chosenEdge: null, canvas: null,
  };
  root.setAttribute("aria-label", `Workbench: ${app.state.title || "case"}`);

  // --- asking the kernel -----------------------------------------------------------------------------------------------
  const busyMark = make("span", "ivw-busy");
  let busyTimer = 0;
  const wire = connect(model, { onBusy(names) {
    clearTimeout(busyTimer);
    if (names.length) busyTimer = setTimeout(() => { busyMark.textContent = `working: ${names[0].replaceAll("_", " ")}…`; root.setAttribute("aria-busy", "true"); }, 250);
    else { busyMark.textContent = ""; root.removeAttribute("aria-busy"); }
  } });
  app.ask = wire.ask;
  /** A request whose refusal is shown as a notice; null then. */
  app.quiet = async (name, args = {}) => {
    try { return await wire.ask(name, args); } catch (error) { notify({ kind: "error", text: [error.what, error.where && `Where: ${error.where}.`, error.do && `What to do: ${error.do}.`].filter(Boolean).join(" ") }); return null; }
  };
  app.gesture = (name, args = {}) => { if (!QUIET.has(name)) notices.textContent = ""; return app.quiet(name, args); };

  // --- words -----------------------------------------------------------------------------------------------------------
  const status = make("p", "ivw-statusline"), live = make("span", ""), notices = make("div", "ivw-notices"), banner = make("p", "ivw-banner");
  live.setAttribute("role", "status"); live.setAttribute("aria-live", "polite");
  notices.setAttribute("role", "alert");
  status.append(live, busyMark);
  app.say = (text) => notify({ kind: "info", text });
  let fade = 0;
  function notify({ kind, text }) {
    notices.textContent = "";
    clearTimeout(fade);
    if (!text) return;
    const box = make("div", `ivw-notice ivw-${kind || "info"}`);
    box.append(make("span", "", text), button({ icon: "close", label: "Dismiss", cls: "ivw-only" }, () => { notices.textContent = ""; }));
    notices.append(box);
    if (kind !== "error") fade = setTimeout(() => { if (box.isConnected) box.remove(); }, 12000);
  }
  app.named = (keys) => {
    const names = keys.slice(0, 2).map((k) => { const i = app.index.get(k); return (i === undefined ? k : app.scene.labels[i]).slice(0, 40); });
    return keys.length <= 2 ? names.join(" and ") : `${names[0]} and ${(keys.length - 1).toLocaleString("en")} others`;
  };
  app.kindOf = (i) => app.scene.kinds[app.scene.kind[i]] || "node";
  app.isPinned = (key) => { const i = app.index.get(key); return i !== undefined && !!app.scene.pinned?.[i]; };
  app.activeFilters = () => { const f = app.state.filters || {}; return [f.relations, f.kinds, f.min_weight > 0, f.max_q < 1, f.edges && f.edges !== "telling", f.lonely === false].filter(Boolean).length; };
  app.matches = (words) => {
    const wanted = words.trim().toLocaleLowerCase(), found = [];
    if (wanted) for (let i = 0; i < app.scene.ids.length; i++) if (app.lower[i].includes(wanted)) found.push(i);
    return found;
  };

  // --- parts ---------------------------------------------------------------------------------------------------------
  const toolbar = buildToolbar(app), body = make("div", "ivw-body"), main = make("div", "ivw-main"), stage = make("div", "ivw-stage"), holder = make("div", "ivw-canvas"), lower = make("section", "ivw-lower");
  const side = app.side = buildSide(app);
  lower.setAttribute("aria-label", "Table");
  const tableHolder = make("div", "ivw-tableholder"), tableCount = make("span", "ivw-soft ivw-tablecount");
  const kinds = tabs([["accounts", "Accounts", false], ["edges", "Edges", false], ["contents", "Contents", false]], "Table", (kind) => openTable(kind));
  const tableHead = make("div", "ivw-tablehead");
  tableHead.append(kinds.bar, tableCount);
  lower.append(tableHead, tableHolder);
  const time = timeline(app);
  stage.append(holder, notices);
  main.append(stage, time.box, splitter(main, lower, "height"), lower);
  body.append(main, splitter(body, side.box, "width"), side.box);
  root.append(banner, toolbar.bar, body, status);

  // --- the picture ---------------------------------------------------------------------------------------------------
  const indices = (keys) => keys.map((k) => app.index.get(k)).filter((i) => i !== undefined);
  const ids = (list) => Array.from(list, (i) => app.scene.ids[i]);
  const options = () => ({
    theme: theme(), tools: true, chrome: false, painter,
    onSelect(list, { mode }) {
      app.chosenEdge = null;
      const keys = ids(list);
      if (mode === "set" && same(keys)) { showSelection(); return; }
      if (!keys.length && mode === "set") { if (app.selection.length) app.gesture("clear_selection"); else showSelection(); return; }
      if (mode === "set") only(keys); else app.gesture("select", { nodes: keys, mode });
    },
    onCamera(camera) { wire.ask("look_at", camera || {}).catch(() => {}); },  // kept with the view; a read-only case keeps none
    onTool(tool) { app.tool = tool; toolbar.update(); },
    onOpen(i) { app.open(app.scene.ids[i]); },
    onEdge(e) { app.openEdge(edgeKey(e)); },
    onMove(list) { app.gesture("move", { places: Object.fromEntries(list.map(({ i, x, y }) => [app.scene.ids[i], [x, y]])) }); },
  });
  const edgeKey = (e) => { const key = app.scene.edge_keys?.[e]; return key ? (typeof key === "string" ? JSON.parse(key) : key) : [app.scene.ids[app.scene.a[e]], app.scene.ids[app.scene.b[e]], app.scene.relation_names?.[app.scene.relation[e]]]; };
  function drawScene() { takeScene(unpack(model.get("_scene"))); peeked = false; }
  let peeked = false;
  /** The picture of another time, for as long as the brush is held; the view itself is not changed. */
  app.peek = async (span) => {
    const answer = await wire.ask("peek", span).catch(() => null);
    if (!answer) return;
    peeked = true;
    takeScene(unpack(answer.block), false);
    live.textContent = answer.status;
  };
  function takeScene(scene, animate = true) {
    if (!scene) return;
    app.scene = { ...EMPTY, ...scene };
    app.sceneVersion++;
    app.index = new Map(app.scene.ids.map((id, i) => [id, i]));
    app.lower = app.scene.ids.map((id, i) => `${app.scene.labels[i]}\n${id}`.toLocaleLowerCase());
    if (!app.canvas) {
      app.canvas = mount(holder, app.scene, options());
      const camera = model.get("_camera");
      if (camera?.span) app.canvas.camera = camera;
    }
    else app.canvas.setScene(app.scene, { keepCamera: true, animate });
    app.canvas.setSelection(indices(app.selection));
    if (app.chosenEdge) app.canvas.setEdge(edgeAt(app.chosenEdge));
    if (side.current === "expand" && animate) side.refresh();
  }
  app.setTool = (tool) => { app.canvas?.setTool(tool); if (tool === "lasso") app.say("Draw around what to select. Shift adds to the selection."); };
  app.centre = (key) => { const i = app.index.get(key); if (i === undefined) app.say(`${key} is not in the picture.`); else app.canvas.centre(i); };
  const same = (keys) => keys.length === app.selection.length && keys.every((k) => app.selection.includes(k));
  /** Selects exactly these; what is selected already is not asked for again (a double click is two clicks). */
  const only = (keys) => { if (same(keys)) return null; app.selection = keys; return app.gesture("select", { nodes: keys, mode: "set" }); };
  app.choose = async (key) => { app.chosenEdge = null; await only([key]); side.open("details"); if (app.index.has(key)) app.canvas.centre(app.index.get(key)); };
  app.bring = async (key) => { await app.gesture("add", { nodes: [key] }); app.centre(key); };
  app.open = async (key) => { await only([key]); app.openSide("expand"); };
  app.openEdge = (key) => { app.chosenEdge = key; if (tableKind === "edges") grid.setSelection([JSON.stringify(key)]); side.open("details"); side.about({ edge: key }); app.canvas?.setEdge?.(edgeAt(key)); toolbar.update(); };
  const edgeAt = (key) => { const text = JSON.stringify(key); for (let e = 0; e < app.scene.a.length; e++) if (JSON.stringify(edgeKey(e)) === text) return e; return -1; };
  app.openRef = (item) => { if (item.kind === "edge") app.openEdge(item.ref); else if (item.node) app.choose(item.node); };

  // --- the table -----------------------------------------------------------------------------------------------------
  let tableKind = "", tableNote = "";
  const grid = mountTable(tableHolder, {
    onSelect(keys, last) {
      if (tableKind === "edges") app.openEdge(JSON.parse(last));
      else if (tableKind === "contents") { app.chosenEdge = null; if (app.index.has(last)) only([last]); side.open("details"); side.about({ node: last }); toolbar.update(); }
      else { app.chosenEdge = null; only(keys); }
    },
    onCount(left, all) { tableCount.textContent = left < all ? `${left.toLocaleString("en")} of ${plural(all, "row")}` : tableNote; },
    fetchTexts: (keys) => app.quiet("texts", { nodes: keys }), searchTexts: (words) => app.quiet("texts_with", { words }),
    onOpen(key) { if (tableKind === "accounts") { app.centre(key); app.openSide("details"); } },
  });
  app.grid = grid;
  const openTable = (kind) => { tableHolder.setAttribute("aria-label", `Table of ${kind}`); if (kind !== (model.get("_table_kind") || "")) app.quiet("show_table", { kind }); };
  app.showTable = (kind) => { if (!app.isOpen("lower")) app.flip("lower", true); kinds.open(kind); };
  function drawTable() {
    const data = unpack(model.get("_table"));
    if (!data) return;
    tableKind = data.kind;
    if (kinds.current !== tableKind) kinds.open(tableKind);
    const arrays = data.columns.map((c) => data.data[c.field]);
    grid.setRows(data.columns, arrays, data.keys, data.empty);
    grid.setSelection(tableKind === "edges" ? (app.chosenEdge ? [JSON.stringify(app.chosenEdge)] : []) : app.selection, false);
    tableNote = data.note || plural(data.keys.length, "row");
    tableCount.textContent = tableNote;
  }

  // --- what the kernel says --------------------------------------------------------------------------------------------
  function drawState() {
    app.state = model.get("_state") || {};
    const { read_only: why, counts = {} } = app.state;
    banner.textContent = why ? `Read only: ${why}` : ""; banner.hidden = !why;
    kinds.count("accounts", counts.accounts); kinds.count("edges", counts.links);
    if (live.textContent !== app.state.status) live.textContent = app.state.status || "";
    time.update();
    toolbar.update();
  }
  function drawSelection() { app.selection = model.get("_selection") || []; showSelection(); }
  function showSelection() {
    app.canvas?.setSelection(indices(app.selection));
    if (tableKind !== "edges") grid.setSelection(app.selection);
    if (!app.chosenEdge) side.about(app.selection.length > 1 ? { nodes: app.selection } : app.selection.length ? { node: app.selection[0] } : null);
    else side.refresh();
    toolbar.update();
  }
  const drawHistory = () => { app.history = { first: 0, done: [], undone: [], ...model.get("_history") }; side.history.update(); };
  const drawBasket = () => { app.basket = model.get("_basket") || []; side.basket.update(); };
  const drawNotice = () => notify(model.get("_notice") || {});
  const follow = (name, act) => { model.on(`change:${name}`, act); listeners.push([`change:${name}`, act]); };

  // --- evidence ------------------------------------------------------------------------------------------------------
  /** What evidence would be about: the link chosen, what the side panel tells of, else the selection. */
  app.target = () => (app.chosenEdge ? { kind: "edge", ref: app.chosenEdge } : { kind: "node", ref: side.current === "details" && side.what?.node ? [side.what.node] : app.selection });
  app.exhibit = async (what) => {
    const target = what === "view" ? { kind: "view" } : app.target(), edge = target.kind === "edge" ? target.ref : null;
    if (target.kind === "node" && !target.ref.length) { app.say("Choose an account or a link first."); return; }
    const title = what === "view" ? "the view as it is now" : edge ? `the link between ${app.named(edge.slice(0, 2))}` : app.named(target.ref);
    const made = await question(root, {
      send: (given) => wire.ask("exhibit", { ...target, ...given }),
      title: `Add ${title} to the evidence`, ok: "Add to evidence",
      fields: [
        { name: "note", text: "Note", long: true, hint: "What this shows." },
        { name: "finding_id", text: "Finding", options: [["", "none yet"], ...(app.state.findings || []).map(([id, words]) => [id, `${id}: ${words}`.slice(0, 80)])] },
        { name: "stance", text: "What it says of it", options: [["context", "context only"], ["supports", "supports it"], ["contradicts", "contradicts it"]], value: "context" },
        { name: "confidence", text: "Your confidence", options: [["", "not said"], ["low", "low"], ["moderate", "moderate"], ["high", "high"]] },
      ],
    });
    if (made) app.say(`${made.join(", ")} added to the evidence.`);
  };

  // --- going around ------------------------------------------------------------------------------------------------------
  app.openSide = (key, focus) => { app.showSide(true); side.open(key, focus); if (key === "expand") side.refresh(true); };
  const parts = { side: side.box, lower };
  app.isOpen = (part) => !parts[part].hidden;
  app.flip = (part, on = parts[part].hidden) => { parts[part].hidden = !on; parts[part].previousElementSibling.hidden = !on; toolbar.update(); if (on && part === "lower") grid.redraw(); };
  app.showSide = (on) => { if (on !== app.isOpen("side")) app.flip("side", on); };
  app.focusSearch = () => { toolbar.search.field.focus(); toolbar.search.field.select(); };
  app.help = () => openHelp(app);
  app.fullScreen = () => { if (document.fullscreenElement) document.exitFullscreen(); else root.requestFullscreen?.().catch(() => app.say("The browser did not allow the whole screen.")); };
  app.escape = () => { if (app.end) { app.end = null; app.say("Cancelled."); return true; } if (app.tool === "lasso") { app.setTool("move"); return true; } if (app.chosenEdge) { app.chosenEdge = null; app.canvas.setEdge(-1); showSelection(); return true; } return false; };
  app.nextRegion = (step) => {
    const stops = [toolbar.search.field, holder.querySelector("canvas[tabindex]"), time.box.querySelector("[tabindex='0'], button, input"), tableHolder.querySelector(".tabulator-row") || kinds.bar.querySelector("[aria-selected='true']"), side.box.querySelector("[aria-selected='true']")].filter((e) => e && e.offsetParent);
    const now = root.getRootNode().activeElement, parts = [toolbar.bar, holder, time.box, lower, side.box].filter((p) => stops.some((s) => p.contains(s))), at = parts.findIndex((p) => p.contains(now));
    stops[(at + step + stops.length) % stops.length]?.focus();
  };

  // --- theme: JupyterLab's, VS Code's, else the system's -------------------------------------------------------------------
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function theme() {
    const lab = document.body.dataset.jpThemeLight;
    if (lab) return lab === "false" ? "dark" : "light";
    const kind = document.body.dataset.vscodeThemeKind || "";
    if (kind) return /dark|high-contrast$/.test(kind) ? "dark" : "light";
    return dark.matches ? "dark" : "light";
  }
  const themed = () => { root.dataset.theme = theme(); app.canvas?.setTheme(theme()); };
  const watch = new MutationObserver(themed);

  let filled = false;
  app.start = () => {
    root.style.height = `${model.get("height") || 780}px`;
    follow("height", () => { root.style.height = `${model.get("height")}px`; });
    root.dataset.theme = theme();
    dark.addEventListener("change", themed);
    watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind", "class"] });
    listen(app);
    side.start();
    drawScene(); drawState(); drawSelection(); drawNotice();
    // What lies beside the picture waits until the picture stands: a table of 10,000 rows takes longer than to paint as many nodes.
    const rest = () => { if (filled) return; filled = true; drawTable(); drawHistory(); drawBasket(); drawSelection(); };
    requestAnimationFrame(() => setTimeout(rest)); setTimeout(rest, 1000);  // a page in the background gets no frames
    follow("_scene", drawScene); follow("_state", drawState); follow("_table", drawTable); follow("_selection", drawSelection);
    follow("_history", drawHistory); follow("_basket", drawBasket); follow("_notice", drawNotice); follow("_brush", () => time.update());
    root.app = app;
  };
  app.destroy = () => {
    filled = true;
    for (const [name, act] of listeners) model.off(name, act);
    dark.removeEventListener("change", themed); watch.disconnect(); clearTimeout(busyTimer); clearTimeout(fade);
    wire.close(); time.destroy(); grid.destroy(); app.canvas?.destroy(); root.remove();
  };
  app.commands = COMMANDS; app.able = able; app.number = number;
  return app;
}
