"""The workbench on a plain page: the real front end and the real kernel side, joined by a model that the page makes up.

No Jupyter is needed. What the page sends goes straight to the widget's message handler, and traits and answers go back as JupyterLab would
carry them.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from investigate.views._html import markup

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Workbench</title>
<style>{style}</style><style>html,body{{margin:0;background:{back};}} #here{{padding:8px}}</style></head>
<body data-jp-theme-light="{light}"><main id="here"></main><script>
const traits = {{}}, listeners = {{}}, bytes = new Set({binary});
const decode = (name, value) => bytes.has(name) ? new DataView(Uint8Array.from(atob(value), (c) => c.charCodeAt(0)).buffer) : value;
window.sent = [];
window.model = {{
  get: (name) => traits[name], set(name, value) {{ traits[name] = value; }}, save_changes() {{}},
  on(name, act) {{ (listeners[name] ||= []).push(act); }}, off(name, act) {{ listeners[name] = (listeners[name] || []).filter((a) => a !== act); }},
  send(message) {{ window.sent.push(message); window.kernel(JSON.stringify(message)); }},
}};
window.take = (changed) => {{
  for (const [name, value] of Object.entries(changed)) traits[name] = decode(name, value);
  for (const name of Object.keys(changed)) for (const act of listeners["change:" + name] || []) act();
}};
const block = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
window.hear = ([message, buffers]) => {{ for (const act of [...(listeners["msg:custom"] || [])]) act(message, buffers.map(block)); }};
window.begin = async (changed, source) => {{
  for (const [name, value] of Object.entries(changed)) traits[name] = decode(name, value);
  const module = await import(URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }})));
  window.end = module.default.render({{ model: window.model, el: document.getElementById("here") }});
}};
</script></body></html>"""
BINARY = ("_scene", "_table")


class Joined:
    """A widget and a page that talk to each other."""

    def __init__(self, widget: Any, page: Any, folder: Path, *, dark: bool = False) -> None:
        self.widget, self.page = widget, page
        self._sent: list[Any] = []
        self._changed: dict[str, Any] = {}
        names = [
            n
            for n in widget.keys
            if n.startswith("_") and not n.startswith(("_view", "_model", "_dom", "_esm", "_css", "_anywidget"))
        ]
        self.names = [*names, "height"]
        widget.send = lambda content, buffers=None: self._sent.append(
            [content, [base64.b64encode(b).decode("ascii") for b in buffers or ()]]
        )
        widget.observe(lambda change: self._changed.update({change["name"]: change["new"]}), names=self.names)
        page.expose_function("kernel", self._kernel)
        file = folder / "workbench.html"
        light = "false" if dark else "true"
        style = str(widget._css).replace("</style", "<\\\\/style")
        file.write_text(
            _PAGE.format(style=style, light=light, back=markup("#111" if dark else "#fff"), binary=json.dumps(BINARY)),
            encoding="utf-8",
        )
        page.goto(file.as_uri())
        page.evaluate(
            "([traits, source]) => window.begin(traits, source)",
            [self._plain({n: getattr(widget, n) for n in self.names}), str(widget._esm)],
        )

    def _kernel(self, text: str) -> None:
        self.widget._handle_custom_msg(json.loads(text), [])
        self.flush()

    def flush(self) -> None:
        """Carry what the widget said since the last time to the page."""
        changed, sent = self._plain(self._changed), list(self._sent)
        self._changed.clear()
        self._sent.clear()
        # not awaited: the page may be waiting for this very call
        self.page.evaluate(
            "([changed, sent]) => { setTimeout(() => { if (Object.keys(changed).length) window.take(changed); sent.forEach(window.hear); }) }",
            [changed, sent],
        )

    @staticmethod
    def _plain(values: dict[str, Any]) -> dict[str, Any]:
        return {
            n: base64.b64encode(v).decode("ascii") if isinstance(v, bytes) else json.loads(json.dumps(v))
            for n, v in values.items()
        }
