// The WebGL mode as a file of its own: whoever does not choose it does not load it.

export { makeSigmaPainter as painter } from "../sigma_mode.js";
