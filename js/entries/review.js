// The review panel. All state is the case's; this page shows it and asks for changes.

import "../review/review.css";
import { mountReview } from "../review/panel.js";

const render = ({ model, el }) => mountReview(model, el);

export default { render };
