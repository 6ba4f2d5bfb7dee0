// The twin table: the accounts, edges or contents of the picture as rows. The library draws only the rows in sight; rows keep their place in
// columns, so that 100,000 of them cost one array per column.

import { AccessorModule, ColumnCalcsModule, EditModule, FilterModule, FormatModule, InteractionModule, MutatorModule, ResizeColumnsModule, ResizeTableModule, SortModule, Tabulator } from "tabulator-tables";
import { make, number } from "./dom.js";

Tabulator.registerModule([AccessorModule, ColumnCalcsModule, EditModule, FilterModule, FormatModule, InteractionModule, MutatorModule, ResizeColumnsModule, ResizeTableModule, SortModule]);

const NUMBERS = new Set(["number", "time", "q"]);

function words(value, type) {
  if (value === null || value === undefined || value === "" || (typeof value === "number" && Number.isNaN(value))) return "";
  if (type === "time") return new Date(value).toISOString().slice(0, 19).replace("T", " ");
  if (type === "q") return value === 0 ? "0" : value < 0.001 ? value.toExponential(1) : number(value);
  if (type === "number") return Number.isInteger(value) ? number(value) : Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 });
  return String(value);
}

/**
 * mountTable(el, {onSelect(keys, last), onOpen(key), onCount(left, all), fetchTexts(keys), searchTexts(words)}) -> {setRows(columns, arrays, keys), setSelection(keys), focus, destroy}.
 * columns: [{field, title, type}]; type text, wide, number, q, time, or lazy: texts that stay in the kernel until their row is in sight.
 */
export function mountTable(el, { onSelect, onOpen, onCount, fetchTexts, searchTexts } = {}) {
  const texts = new Map(), wanted = new Map();
  let fetching = 0, found = { words: "", keys: null };
  let table = null, keys = [], chosen = new Set(), rowOf = new Map(), anchor = -1, version = 0, columnsNow = "", sorters = [], ready = Promise.resolve();
  const note = make("p", "ivw-none");
  const holder = make("div", "ivw-grid");
  el.append(holder, note);
  note.hidden = true;

  // The rows drawn, by their element: the library's own list of visible rows is not up to date after a filter.
  const drawn = new WeakMap();
  const rowAt = (event) => drawn.get(event.target.closest?.(".tabulator-row"));
  const paint = (row) => {
    const element = row.getElement(), on = chosen.has(row.getData().k);
    element.classList.toggle("ivw-chosen", on);
    element.setAttribute("aria-selected", on ? "true" : "false");
  };
  const repaint = () => { for (const element of holder.querySelectorAll(".tabulator-row")) if (drawn.has(element)) paint(drawn.get(element)); };

  // --- texts that are asked for when their row comes into sight -----------------------------------------------------
  function fill(node, key) {
    const { text, hidden } = texts.get(key);
    node.textContent = hidden ? `covered: ${hidden}` : text.slice(0, 300);
    node.classList.toggle("ivw-soft", !!hidden);
  }
  function lazy(cell) {
    const node = make("bdi"), key = cell.getData().k;
    if (texts.has(key)) { fill(node, key); return node; }
    node.textContent = "…";
    wanted.set(key, node);
    clearTimeout(fetching);
    fetching = setTimeout(async () => {
      const asked = new Map(wanted);
      wanted.clear();
      const answer = await fetchTexts([...asked.keys()]);
      for (const [k, n] of asked) if (answer?.[k]) { texts.set(k, answer[k]); fill(n, k); }
    }, 40);
    return node;
  }
  const holds = (words, _, row) => {
    if (found.words !== words) {
      const mine = found = { words, keys: null };
      searchTexts(words).then((keysFound) => { if (found === mine && keysFound) { mine.keys = new Set(keysFound); table?.refreshFilter(); } });
    }
    return !found.keys || found.keys.has(row.k);
  };

  function define(columns) {
    return columns.map(({ field, title, type }) => type === "lazy" ? {
      title, field, headerSort: false, headerFilter: "input", headerFilterFunc: holds, headerFilterFuncParams: {}, formatter: lazy, titleFormatter: () => make("span", "", title), width: 460, minWidth: 120,
    } : {
      title, field, headerFilter: "input", headerFilterParams: { elementAttributes: { "aria-label": `Filter by ${title}` } }, headerFilterPlaceholder: NUMBERS.has(type) && type !== "time" ? "≥" : "", minWidth: 60, hozAlign: NUMBERS.has(type) && type !== "time" ? "right" : "left",
      headerFilterFunc: NUMBERS.has(type) && type !== "time"
        ? (wanted, value) => { const [, sign, text] = String(wanted).match(/^\s*([<>]?)=?\s*(.*)$/), limit = Number(text); return text === "" || Number.isNaN(limit) || (sign === "<" ? value <= limit : value >= limit); }
        : (wanted, value) => words(value, type).toLocaleLowerCase().includes(String(wanted).toLocaleLowerCase()),
      sorter: NUMBERS.has(type) ? (a, b) => (Number.isNaN(a) || a === null ? -Infinity : a) - (Number.isNaN(b) || b === null ? -Infinity : b) || 0 : (a, b) => (a < b ? -1 : a > b ? 1 : 0),
      // a node, never markup: the library would put a text into the page as HTML
      formatter: (cell) => { const text = words(cell.getValue(), type), node = make("bdi", "", text.length > 300 ? `${text.slice(0, 300)}…` : text); if (text.length > 30) node.title = text.slice(0, 600); return node; },
      titleFormatter: () => make("span", "", title),
      ...(type === "wide" ? { widthGrow: 3, width: 380 } : {}),
      headerSortStartingDir: NUMBERS.has(type) ? "desc" : "asc",
    });
  }

  function click(event, row) {
    const key = row.getData().k, order = table.getRows("active"), at = order.findIndex((r) => r.getData().k === key);
    if (event.shiftKey && anchor >= 0) { const [from, to] = anchor < at ? [anchor, at] : [at, anchor]; chosen = new Set(order.slice(from, to + 1).map((r) => r.getData().k)); }
    else if (event.ctrlKey || event.metaKey) { if (chosen.has(key)) chosen.delete(key); else chosen.add(key); anchor = at; }
    else { chosen = new Set([key]); anchor = at; }
    repaint();
    onSelect?.([...chosen], key);
  }

  function keydown(event) {
    const row = event.target.closest?.(".tabulator-row");
    if (!row || !table) return;
    const order = table.getRows("active"), at = order.findIndex((r) => r.getElement() === row), move = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (at < 0) return;
    if (move !== undefined) {
      const next = order[Math.max(0, Math.min(order.length - 1, at + move))];
      table.scrollToRow(next, "nearest", false).catch(() => {}).then(() => { next.getElement().tabIndex = 0; next.getElement().focus(); });
    } else if (event.key === " ") click({ ctrlKey: true }, order[at]);
    else if (event.key === "Enter") { click({}, order[at]); onOpen?.(order[at].getData().k); }
    else return;
    event.preventDefault(); event.stopPropagation();
  }
  holder.addEventListener("keydown", keydown);
  // Leaving a filter field draws the rows again between button down and up, and the click is lost: so the button down counts.
  let taken = null;
  holder.addEventListener("mousedown", (event) => {
    const row = event.button ? null : rowAt(event);
    if (!row) return;
    taken = row.getData().k;
    click(event, row);
    setTimeout(() => { const element = row.getElement(); if (element.isConnected && !el.contains(el.getRootNode().activeElement)) element.focus({ preventScroll: true }); }, 60);
  });
  holder.addEventListener("click", (event) => { const row = rowAt(event); if (row && taken !== row.getData().k) click(event, row); taken = null; });
  holder.addEventListener("dblclick", (event) => { const row = rowAt(event); if (row) onOpen?.(row.getData().k); });

  function build(columns, rows) {
    table?.destroy();
    table = new Tabulator(holder, {
      data: rows, columns: define(columns), index: "k", height: "100%", layout: "fitDataFill", renderVertical: "virtual", rowHeight: 26, columnDefaults: { resizable: "header" },
      placeholder: "No row matches.", rowFormatter: (row) => { const element = row.getElement(); drawn.set(element, row); element.tabIndex = row.getPosition() === 1 ? 0 : -1; paint(row); },
    });
    table.on("dataFiltered", (_, rows) => onCount?.(rows.length, keys.length));
    const mine = table;
    return new Promise((done) => mine.on("tableBuilt", () => { roles(); done(); }));
  }

  /** The library lets a box that scrolls stand between the grid and its rows: it is the group of rows then, and what is in it means nothing. */
  function roles() {
    const box = holder.querySelector(".tabulator-tableholder"), rows = holder.querySelector(".tabulator-table");
    if (!box || !rows) return;
    holder.removeAttribute("aria-owns");
    box.setAttribute("role", "rowgroup");
    rows.setAttribute("role", "none");
  }

  return {
    /** columns: [{field, title, type}], arrays: one per column, key: the node or edge of each row. */
    setRows(columns, arrays, rowKeys, empty = "There is nothing to list.") {
      const mine = ++version, n = rowKeys.length, rows = new Array(n);
      keys = rowKeys; rowOf = new Map();
      for (let i = 0; i < n; i++) {
        const row = { k: keys[i] };
        for (let c = 0; c < columns.length; c++) if (arrays[c]) row[columns[c].field] = arrays[c][i];
        rows[i] = row; rowOf.set(keys[i], i);
      }
      anchor = -1; found = { words: "", keys: null }; texts.clear();
      note.hidden = n > 0; note.textContent = empty; holder.hidden = n === 0;
      const shape = JSON.stringify(columns);
      ready = ready.then(() => {
        if (mine !== version || !n) return undefined;
        if (table && shape === columnsNow) return table.replaceData(rows).then(repaint);
        columnsNow = shape;
        return build(columns, rows).then(repaint);
      }).catch((error) => console.error("table", error));
      return ready;
    },
    setSelection(wanted, reveal = true) {
      chosen = new Set(wanted);
      ready.then(() => {
        repaint();
        const first = wanted.find((k) => rowOf.has(k));
        if (reveal && first !== undefined && table && wanted.length <= 500) {
          const row = table.getRow(first);
          if (row && table.getRows("active").includes(row)) table.scrollToRow(row, "nearest", false).then(repaint).catch(() => {});
        }
      });
    },
    get table() { return table; },
    get ready() { return ready; },
    focus() { holder.querySelector(".tabulator-row")?.focus(); },
    redraw() { table?.redraw(); },
    destroy() { version++; table?.destroy(); table = null; el.textContent = ""; },
  };
}
