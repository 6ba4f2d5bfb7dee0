// Light or dark: the reader's system, JupyterLab's theme, VS Code's theme. The style sheet decides on the colours; this notices changes.

const HOSTS = ["data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind", "data-theme", "class"];

/** Calls recolour() when the page's theme changes and resize() when the screen's density does; returns a function that stops watching. */
export function watchTheme(root, fixed, { recolour, resize }) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    // VS Code says its theme in words of its own; JupyterLab's attribute is read by the style sheet.
    const kind = document.body.dataset.vscodeThemeKind;
    if (kind && !fixed()) root.dataset.theme = /light/.test(kind) ? "light" : "dark";
    recolour();
  };
  const observer = new MutationObserver(follow);
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true, attributeFilter: HOSTS });
  dark.addEventListener("change", recolour);
  if (document.body.dataset.vscodeThemeKind) follow();

  let density = null;
  const denser = () => { resize(); watch(); };
  function watch() {
    if (density) density.removeEventListener("change", denser);
    density = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    density.addEventListener("change", denser);
  }
  watch();
  return () => { observer.disconnect(); dark.removeEventListener("change", recolour); density.removeEventListener("change", denser); };
}
