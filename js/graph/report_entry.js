// What a report's frame runs: the core, started on the frame's own data.

import "./page.css";
import "./graph.css";
import { mount } from "./mount.js";

const scene = JSON.parse(document.getElementById("scene").textContent);
window.graph = mount(document.getElementById("graph"), scene);
