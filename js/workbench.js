// The workbench: picture, time, table and side panel around one view of a case. All state is the kernel's; this page shows it and asks for changes.

import "tabulator-tables/dist/css/tabulator.css";
import "./graph/graph.css";
import "./brush.css";
import "./workbench.css";
import { makeApp } from "./app.js";

/** The painter in a module's text; none where it cannot be loaded here, and the canvas draws. */
async function painterFrom(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try { return (await import(address)).painter; } catch { return undefined; } finally { URL.revokeObjectURL(address); }
}

function begin(model, el, painter) {
  const app = makeApp(model, { painter });
  el.append(app.root);
  app.start();
  return () => app.destroy();
}

function render({ model, el }) {
  const text = model.get("_painter");
  return text ? painterFrom(text).then((painter) => begin(model, el, painter)) : begin(model, el);
}

export default { render };
