// The workbench: picture, time, table and side panel around one view of a case. All state is the kernel's; this page shows it and asks for changes.

import "tabulator-tables/dist/css/tabulator.css";
import "./graph/graph.css";
import "./brush.css";
import "./brush.css";
import "./workbench.css";
import { makeApp } from "./app.js";

function render({ model, el }) {
  const app = makeApp(model);
  el.append(app.root);
  app.start();
  return () => app.destroy();
}

export default { render };
