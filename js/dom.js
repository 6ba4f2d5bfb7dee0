// Small pieces of page. Text from data is only ever set as text.

export function make(tag, cls = "", text) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  if (text !== undefined && text !== null) element.textContent = String(text);
  return element;
}

/** An element whose direction is that of its text, so that a name cannot reorder what stands beside it. */
export const name = (text, cls = "") => make("bdi", cls, text);

const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  undo: "M6 3 2.5 6.5 6 10M3 6.5h6.5a4 4 0 0 1 0 8H7", redo: "M10 3l3.5 3.5L10 10M13 6.5H6.5a4 4 0 0 0 0 8H9",
  move: "M8 1.5v13M1.5 8h13M8 1.5 6 3.5M8 1.5l2 2M8 14.5l-2-2M8 14.5l2-2M1.5 8l2-2M1.5 8l2 2M14.5 8l-2-2M14.5 8l-2 2",
  lasso: "M8 2.2c3.6 0 6.3 1.8 6.3 4.2S11.600 10.600 8 10.600 1.700 8.800 1.700 6.400 4.400 2.200 8 2.200ZM4.600 10c-1 .8-1.100 2 .2 2.300 1.300.3 1.200 1.400.2 2.200",
  expand: "M8 8 3 3M8 8l5-5M8 8l5 5M8 8l-5 5M6.400 8a1.600 1.600 0 1 0 3.200 0 1.600 1.600 0 1 0-3.200 0", collapse: "M2 2l4 4M6 3v3H3M14 2l-4 4M10 3v3h3M14 14l-4-4M10 13v-3h3M2 14l4-4M6 13v-3H3",
  hide: "M2 2l12 12M6.500 6.600a2 2 0 0 0 2.900 2.900M4.100 4.300C2.700 5.200 1.700 6.600 1.200 8c1 2.700 3.700 4.700 6.800 4.700 1.200 0 2.400-.3 3.400-.8M6.700 3.400c.4-.1.900-.1 1.300-.1 3.100 0 5.800 2 6.800 4.700-.3.800-.8 1.600-1.400 2.300",
  keep: "M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600ZM1.500 5V1.500H5M11 1.500h3.500V5M14.500 11v3.500H11M5 14.500H1.500V11", shown: "M1.200 8C2.200 5.300 4.900 3.300 8 3.300s5.800 2 6.800 4.700c-1 2.700-3.700 4.700-6.800 4.700S2.200 10.700 1.200 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  pin: "M9.500 1.800l4.700 4.700-2 .4-2.600 2.600-.3 3.100L3.400 6.700l3.100-.3 2.600-2.600ZM6 10l-4 4", path: "M3.300 11a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600ZM12.700 1.400a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600ZM4.600 11.500 7 8h2.500l2-3.200",
  common: "M6 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM10 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z", tag: "M1.800 1.800h5.700l6.700 6.700-5.700 5.700-6.700-6.700ZM4.600 4.600h.1",
  same: "M6.500 9.500l3-3M7 4.700l1.800-1.800a3 3 0 0 1 4.300 4.300L11.300 9M9 11.300l-1.800 1.800a3 3 0 0 1-4.300-4.300L4.700 7", star: "M8 1.600l2 4.200 4.500.6-3.300 3.200.8 4.500L8 11.900l-4 2.200.8-4.500L1.500 6.400 6 5.800Z",
  layout: "M4 2.200a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3ZM12.500 5a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3ZM5.500 10.800a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3ZM5.300 4.400l5.800 1.700M4.300 5.200l.9 5.600M6.600 11.200l4.800-3.700",
  group: "M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM5.500 6h.1M10 5.500h.1M8 10h.1", look: "M8 1.500c-3.600 0-6.500 2.800-6.500 6.300S4.200 14.500 7.600 14.500c1.500 0 1.700-1 1.200-1.800-.7-1.200 0-2.200 1.300-2.200h1.600c1.700 0 2.800-1.200 2.800-3C14.500 4 11.600 1.500 8 1.500ZM4.600 7h.1M7 4.500h.1M10.500 5h.1",
  filter: "M1.800 2.500h12.400L9.500 8.300v5.200l-3-1.500V8.300Z", fit: "M1.800 5.500V1.800h3.700M10.500 1.800h3.700v3.700M14.200 10.500v3.700h-3.700M5.500 14.200H1.800v-3.700", help: "M5.500 5.700C5.600 4.200 6.600 3.300 8 3.300s2.500.9 2.500 2.200c0 2-2.500 2-2.500 4M8 12.500h.1",
  full: "M9.500 2h4.500v4.500M14 2 9 7M6.500 14H2V9.500M2 14l5-5", search: "M7 2.200a4.800 4.800 0 1 0 0 9.600 4.800 4.800 0 0 0 0-9.600ZM10.500 10.500l3.700 3.700", select: "M2 2h3M2 2v3M7 2h2M14 2h-3M14 2v3M14 7v2M2 7v2M2 14v-3M2 14h3M14 14h-3M14 14v-3M7 14h2",
  close: "M3.500 3.500l9 9M12.500 3.500l-9 9", side: "M2 2.500h12v11H2ZM10 2.500v11", table: "M2 2.500h12v11H2ZM2 9h12", code: "M5 4 1.500 8 5 12M11 4l3.500 4L11 12", more: "M3.500 8h.1M8 8h.1M12.500 8h.1", lock: "M4 7.500h8v6H4ZM5.500 7.500V5a2.500 2.500 0 0 1 5 0v2.500",
};

export function icon(which) {
  const svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
  svg.setAttribute("viewBox", "0 0 16 16"); svg.setAttribute("class", "ivw-icon"); svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[which] || PATHS.more);
  svg.append(path);
  return svg;
}

/** A button: {text, icon, label (for tooltips and screen readers), key (shown in the tooltip), cls}. */
export function button({ text = "", icon: which = "", label = "", key = "", cls = "" }, act) {
  const element = make("button", `ivw-button ${cls}`.trim());
  element.type = "button";
  if (which) element.append(icon(which));
  if (text) element.append(make("span", "ivw-text", text));
  if (label) { element.title = key ? `${label}  (${key})` : label; if (label !== text) element.setAttribute("aria-label", label); }
  if (key) element.setAttribute("aria-keyshortcuts", key.replace(/\+/g, "+"));
  element.addEventListener("click", (event) => { if (element.getAttribute("aria-disabled") !== "true") act(event); });
  return element;
}

/** Switched off, with the reason as tooltip; the button stays focusable, so that the reason can be read. */
export function enable(element, on, why = "") {
  if (!element.dataset.title) element.dataset.title = element.title;
  element.setAttribute("aria-disabled", on ? "false" : "true");
  element.title = on || !why ? element.dataset.title : `${element.dataset.title}: ${why}`;
}

export function labelled(text, control, hint = "") {
  const label = make("label", "ivw-field");
  label.append(make("span", "ivw-fieldname", text), control);
  if (hint) label.append(make("span", "ivw-soft", hint));
  return label;
}

export function select(options, value, act) {
  const element = make("select", "ivw-select");
  for (const [key, text] of options) {
    const option = make("option", "", text);
    option.value = key;
    element.append(option);
  }
  element.value = value ?? "";
  if (act) element.addEventListener("change", () => act(element.value));
  return element;
}

export function input({ type = "text", value = "", placeholder = "", label = "", ...rest } = {}) {
  const element = make("input", "ivw-input");
  element.type = type; element.value = value; element.placeholder = placeholder; element.autocomplete = "off"; element.spellcheck = false;
  if (label) element.setAttribute("aria-label", label);
  for (const [key, text] of Object.entries(rest)) element.setAttribute(key, text);
  return element;
}

/** A button that opens a panel below it. fill(panel, close) is called at each opening; Escape and a click elsewhere close it. */
export function popover(root, opener, title, fill) {
  let panel = null;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.setAttribute("aria-expanded", "false");
  const outside = (event) => { const path = event.composedPath(); if (!path.includes(panel) && !path.includes(opener)) close(false); };
  function close(back = true) {
    if (!panel) return;
    panel.remove(); panel = null;
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (back) opener.focus();
  }
  function open() {
    if (opener.getAttribute("aria-disabled") === "true") return;
    panel = make("div", "ivw-popover");
    panel.setAttribute("role", "dialog"); panel.setAttribute("aria-label", title); panel.tabIndex = -1;
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); event.stopPropagation(); } });
    fill(panel, close);
    root.append(panel);
    const box = root.getBoundingClientRect(), at = opener.getBoundingClientRect();
    const left = Math.max(6, Math.min(at.left - box.left, box.width - panel.offsetWidth - 6)), top = at.bottom - box.top + 4;
    panel.style.left = `${left}px`; panel.style.top = `${top}px`; panel.style.maxHeight = `${Math.max(120, box.height - top - 10)}px`;
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside, true);
    (panel.querySelector("input, select, textarea, button") || panel).focus();
  }
  opener.addEventListener("click", () => (panel ? close() : open()));
  return { open, close, get isOpen() { return !!panel; } };
}

/** A question in front of the workbench. Resolves with what send(values) gives, or null. A refusal by send is shown in the form, which stays as it was filled. */
export function ask(root, { title, text = "", fields = [], ok = "OK", send = (values) => values }) {
  return new Promise((resolve) => {
    const back = document.activeElement, shade = make("div", "ivw-shade"), form = make("form", "ivw-dialog"), controls = {};
    form.setAttribute("role", "dialog"); form.setAttribute("aria-modal", "true"); form.setAttribute("aria-label", title);
    form.append(make("h3", "", title));
    if (text) form.append(make("p", "ivw-soft", text));
    for (const f of fields) {
      const control = f.options ? select(f.options, f.value) : f.long ? make("textarea", "ivw-input") : input({ type: f.type || "text", value: f.value ?? "", placeholder: f.placeholder || "" });
      if (f.long) { control.rows = 3; control.value = f.value || ""; }
      if (f.required) control.required = true;
      controls[f.name] = control;
      form.append(labelled(f.text, control, f.hint));
    }
    const done = (value) => { shade.remove(); back?.focus?.(); resolve(value); };
    const row = make("div", "ivw-row ivw-end"), yes = make("button", "ivw-button ivw-primary", ok);
    yes.type = "submit";
    const refusal = make("p", "ivw-refusal");
    refusal.setAttribute("role", "alert"); refusal.hidden = true;
    row.append(button({ text: "Cancel" }, () => done(null)), yes);
    form.append(refusal, row);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (yes.disabled) return;
      yes.disabled = true;
      try { done(await send(Object.fromEntries(Object.entries(controls).map(([k, c]) => [k, c.value.trim()])))); } catch (error) {
        refusal.textContent = [error.what, error.do].filter(Boolean).map((t) => t.charAt(0).toUpperCase() + t.slice(1).replace(/\.?$/, ".")).join(" ");
        refusal.hidden = false; yes.disabled = false;
      }
    });
    shade.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { done(null); event.stopPropagation(); }
      if (event.key === "Tab") holdFocus(event, form);
    });
    shade.addEventListener("pointerdown", (event) => { if (event.target === shade) done(null); });
    shade.append(form); root.append(shade);
    (form.querySelector("input, select, textarea") || yes).focus();
  });
}

export function holdFocus(event, box) {
  const stops = [...box.querySelectorAll("button, input, select, textarea, [tabindex='0']")].filter((e) => e.offsetParent);
  const at = stops.indexOf(box.getRootNode().activeElement);
  if (event.shiftKey && at <= 0) { stops[stops.length - 1]?.focus(); event.preventDefault(); }
  if (!event.shiftKey && at === stops.length - 1) { stops[0]?.focus(); event.preventDefault(); }
}

/** Tabs by the ARIA pattern: arrow keys move, one panel is shown. items: [[key, title]]. */
export function tabs(items, label, show) {
  const bar = make("div", "ivw-tabs"), panels = make("div", "ivw-panels"), entries = new Map();
  bar.setAttribute("role", "tablist"); bar.setAttribute("aria-label", label);
  const base = `ivw-tab-${Math.random().toString(36).slice(2, 8)}`;
  let current = "";
  function open(key, focus) {
    current = key;
    for (const [k, { tab, panel }] of entries) {
      tab.setAttribute("aria-selected", k === key ? "true" : "false"); tab.tabIndex = k === key ? 0 : -1;
      if (panel) panel.hidden = k !== key;
    }
    if (focus) entries.get(key).tab.focus();
    show?.(key);
  }
  for (const [key, title, own = true] of items) {
    const tab = make("button", "ivw-tab"), count = make("span", "ivw-count");
    tab.type = "button"; tab.id = `${base}-${key}`; tab.setAttribute("role", "tab"); tab.append(make("span", "", title), count);
    tab.addEventListener("click", () => open(key));
    bar.append(tab);
    let panel = null;
    if (own) {
      panel = make("div", "ivw-tabpanel");
      panel.id = `${base}-${key}-panel`; panel.setAttribute("role", "tabpanel"); panel.setAttribute("aria-labelledby", tab.id); panel.tabIndex = 0;
      tab.setAttribute("aria-controls", panel.id);
      panels.append(panel);
    }
    entries.set(key, { tab, panel, count });
  }
  bar.addEventListener("keydown", (event) => {
    const keys = [...entries.keys()], at = keys.indexOf(current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: keys.length - 1 }[event.key];
    if (to === undefined) return;
    open(keys[(to + keys.length) % keys.length], true);
    event.preventDefault(); event.stopPropagation();
  });
  return { bar, panels, open, panel: (key) => entries.get(key).panel, count: (key, n) => { entries.get(key).count.textContent = n === "" || n === undefined ? "" : typeof n === "number" ? n.toLocaleString("en") : n; }, get current() { return current; } };
}

export const number = (n) => (n === null || n === undefined || Number.isNaN(n) ? "" : Number(n).toLocaleString("en", { maximumFractionDigits: 3 }));
export const plural = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
