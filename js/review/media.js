// One picture: covered or blurred at first, two steps to see it, and back to blurred when somebody looks away.

import { make, name } from "../dom.js";
import { talk } from "./talk.js";

export function mountMedia(model, el) {
  const root = make("figure", "iv-media"), stage = make("div", "iv-m-stage"), words = make("p", "iv-m-words"), row = make("p", "iv-m-row");
  root.dataset.lmSuppressShortcuts = "true";
  const canvas = make("canvas", "iv-m-picture"), further = make("button", "iv-m-button iv-m-further"), back = make("button", "iv-m-button iv-m-back", "Blur again");
  const caption = make("figcaption", "iv-m-caption"), facts = make("p", "iv-m-facts"), live = make("p", "iv-m-live");
  further.type = back.type = "button";
  canvas.setAttribute("role", "img");
  live.setAttribute("role", "status");
  row.append(further, back);
  stage.append(canvas, words);
  root.append(caption, stage, row, facts, live);
  el.append(root);
  let state = null, blurred = null, drawing = 0, waiting = false, left = false;

  const sharp = () => state && (state.step === "grey" || state.step === "colour");
  const line = talk(model, async (message, buffers, own) => {
    if (own) waiting = false;
    if (message.error) { live.textContent = message.error; live.classList.add("iv-m-bad"); further.removeAttribute("aria-disabled"); return; }
    if (!message.media) return;
    const open = ["grey", "colour"].includes(message.media.step);
    if (open && message.to && !own) return; // another page asked for it
    live.classList.remove("iv-m-bad");
    state = message.media;
    if (open && own && left) { away(); return; } // whoever asked has looked away since
    await paint(buffers[0] || null);
    show();
  });

  /** Draw what came; the bytes of a sharp picture are not kept. */
  async function paint(bytes) {
    const turn = (drawing += 1);
    if (!bytes) { wipe(); return; }
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    if (turn !== drawing) { image.close(); return; }
    canvas.width = image.width; canvas.height = image.height; canvas.hidden = false;
    canvas.getContext("2d").drawImage(image, 0, 0);
    if (state.step === "blurred") { blurred?.close(); blurred = image; } else image.close();
  }
  function wipe() { canvas.width = canvas.height = 1; canvas.hidden = true; }

  function show() {
    const { step, caption: text, reason, never, sha256, bytes, width } = state;
    canvas.style.width = width ? `${width}px` : ""; // the blurred picture takes the same room: nothing jumps under the pointer
    root.dataset.step = never ? "never" : step;
    caption.textContent = "";
    caption.append(text ? name(text) : "No caption.");
    words.textContent = step === "covered" ? (reason && !never ? `${state.words} ${reason[0].toUpperCase()}${reason.slice(1)}.` : state.words) : "";
    words.hidden = !words.textContent;
    canvas.setAttribute("aria-label", step === "covered" ? "" : `${state.words} ${text || "No caption."}`);
    const focused = root.getRootNode().activeElement === further;
    further.textContent = state.next; further.hidden = !state.next; further.removeAttribute("aria-disabled");
    back.hidden = !sharp();
    row.hidden = further.hidden && back.hidden;
    if (focused && further.hidden) back.focus();
    facts.textContent = sha256 ? `${bytes.toLocaleString("en")} bytes, SHA-256 ${sha256}` : "A reference only; the file was not read.";
    live.textContent = state.prompt && sharp() ? state.prompt : step === "covered" ? "" : state.words;
  }

  /** Back to the blurred picture at once, without waiting for the kernel. */
  function away() {
    if (waiting) left = true;
    if (!sharp()) return;
    drawing += 1;
    if (blurred) { canvas.width = blurred.width; canvas.height = blurred.height; canvas.getContext("2d").drawImage(blurred, 0, 0); } else wipe();
    state = { ...state, step: "blurred", words: "Blurred again.", next: "Remove the blur", prompt: "" };
    show();
    line.ask("cover");
  }

  further.addEventListener("click", () => {
    if (waiting) return;
    waiting = true; left = false;
    further.setAttribute("aria-disabled", "true");
    line.ask("reveal", { step: state.step });
  });
  back.addEventListener("click", () => { away(); further.focus(); });
  root.addEventListener("mouseleave", away);
  root.addEventListener("focusout", (event) => { if (event.relatedTarget && !root.contains(event.relatedTarget)) away(); });
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") away(); event.stopPropagation(); });
  const hidden = () => { if (document.hidden) away(); };
  document.addEventListener("visibilitychange", hidden);
  window.addEventListener("blur", away);
  wipe();
  line.ask("look");
  return () => {
    away(); wipe(); blurred?.close();
    document.removeEventListener("visibilitychange", hidden);
    window.removeEventListener("blur", away);
    line.stop();
    root.remove();
  };
}
