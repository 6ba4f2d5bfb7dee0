// What the kernel and the browser say to each other. `unpack` reads the block that investigate/widgets/_wire.py packs; `connect` wraps the widget's model.

const TYPES = { f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

/** A packed block (DataView, ArrayBuffer or typed array) as an object with typed arrays; null where nothing was sent yet. */
export function unpack(block) {
  if (!block || !block.byteLength) return null;
  let buffer = block instanceof ArrayBuffer ? block : block.buffer, start = block instanceof ArrayBuffer ? 0 : block.byteOffset;
  if (start % 8) { buffer = buffer.slice(start, start + block.byteLength); start = 0; }
  const view = new DataView(buffer, start, block.byteLength);
  if (view.getUint32(0, true) !== 0x31575649) throw new Error("these bytes do not start as a packed block does");
  const length = view.getUint32(4, true), body = start + 8 + length;
  const tree = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, start + 8, length)));
  const read = (value) => {
    if (Array.isArray(value)) { for (let i = 0; i < value.length; i++) if (value[i] && typeof value[i] === "object") value[i] = read(value[i]); return value; }
    if (!value || typeof value !== "object") return value;
    if (value.$a) return new TYPES[value.$a[0]](buffer, body + value.$a[1], value.$a[2]);
    if (value.$c) { const codes = read(value.$c[0]), texts = value.$c[1]; return Array.from(codes, (c) => (c < 0 ? null : texts[c])); }
    for (const key of Object.keys(value)) value[key] = read(value[key]);
    return value;
  };
  return read(tree);
}

let views = 0;

/**
 * ask(name, args) sends a gesture or a question and resolves with its answer; a refusal rejects with {what, where, do}.
 * onBusy(names) is told which requests are under way.
 */
export function connect(model, { onBusy } = {}) {
  const mine = `v${++views}-${Math.random().toString(36).slice(2, 8)}`, waiting = new Map();
  let count = 0;
  const busy = () => onBusy && onBusy([...waiting.values()].map((w) => w.name));
  const receive = (message, buffers) => {
    const entry = message && waiting.get(message.id);
    if (!entry) return;
    waiting.delete(message.id);
    busy();
    if (message.ok) entry.resolve(buffers?.length ? { ...message.result, block: buffers[0] } : message.result); else entry.reject(message.error || { what: "The kernel refused without a reason." });
  };
  model.on("msg:custom", receive);
  return {
    ask(name, args = {}) {
      const id = `${mine}:${++count}`;
      return new Promise((resolve, reject) => {
        waiting.set(id, { name, resolve, reject });
        busy();
        model.send({ do: name, args, id });
      });
    },
    get pending() { return waiting.size; },
    close() { model.off("msg:custom", receive); waiting.clear(); },
  };
}
