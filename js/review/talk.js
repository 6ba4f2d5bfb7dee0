// Questions to the kernel and what comes back. Answers are shown on every open page of the widget; errors only where they were asked.

export function talk(model, hear) {
  let number = 0;
  const mine = new Set(), prefix = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 7)}`;
  const listen = (message, buffers) => {
    if (!message || typeof message !== "object") return;
    const own = mine.delete(message.to);
    if (message.error && !own) return;
    hear(message, buffers || [], own);
  };
  model.on("msg:custom", listen);
  return {
    ask(what, args = {}) { const id = `${prefix}-${(number += 1)}`; mine.add(id); model.send({ do: what, args, id }); },
    stop() { model.off("msg:custom", listen); },
  };
}
