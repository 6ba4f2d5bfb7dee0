// The media viewer: what it shows is sent after it was asked for, and wiped when somebody looks away.

import "../review/media.css";
import { mountMedia } from "../review/media.js";

const render = ({ model, el }) => mountMedia(model, el);

export default { render };
