"""One JupyterLab server, and what a test asks of it: open a notebook, run it, ask its kernel, end its kernel."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jupyter_client import BlockingKernelClient

TOKEN = "test"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
}
# The notebook's panel, made current: JupyterLab activates nothing by itself when a page is opened without focus.
READY = """() => {
  const app = window.jupyterapp;
  if (!app) return false;
  const panel = [...app.shell.widgets('main')].find((w) => w.sessionContext && w.content && w.content.widgets);
  if (!panel || panel.sessionContext.session?.kernel?.status !== 'idle') return false;
  app.shell.activateById(panel.id);
  window.panel = panel;
  return app.shell.currentWidget === panel;
}"""
# Done, or stopped at an error.
RAN = """() => {
  const cells = window.panel.content.widgets.filter((c) => c.model.type === 'code');
  const failed = cells.flatMap((c) => c.model.sharedModel.getOutputs()).filter((o) => o.output_type === 'error');
  if (failed.length) return failed.map((o) => o.traceback.join('\\n')).join('\\n');
  const models = cells.map((c) => c.model.sharedModel);
  const done = models.every((m) => m.execution_count !== null || !m.getSource().trim());
  return done && window.panel.sessionContext.session.kernel.status === 'idle' ? 'done' : '';
}"""


def until(value: Callable[[], Any], wanted: Callable[[Any], bool] = bool, seconds: float = 150) -> Any:
    """The first value that is wanted; the last one looked at is named where none comes in time."""
    end = time.monotonic() + seconds
    while True:
        found = value()
        if wanted(found):
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s; last: {found!r}")
        time.sleep(0.05)


class Lab:
    """A JupyterLab of its own: no settings, data or runtime files are shared with whoever runs the tests."""

    def __init__(self, home: Path, root: Path) -> None:
        self.root = root
        self.home = home
        self._requests = home / "requests.txt"
        self._requests.touch()
        for name, settings in SETTINGS.items():
            package, _, plugin = name.partition("/")
            folder = home / "settings" / "@jupyterlab" / package
            folder.mkdir(parents=True)
            (folder / f"{plugin}.jupyterlab-settings").write_text(json.dumps(settings), encoding="utf-8")
        (home / "python").mkdir()
        shutil.copy(Path(__file__).with_name("offline.py"), home / "python" / "sitecustomize.py")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = (home / "server.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(self._command(), env=self._environment(), stdout=self._log, stderr=self._log)
        try:
            until(self._answers, seconds=120)
        except AssertionError:
            self.close()
            raise

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
            *(f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"),
            *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"),
            "--KernelManager.autorestart=False",  # a kernel that a test kills stays dead
        ]

    def _environment(self) -> dict[str, str]:
        folders = {f"JUPYTER_{name}_DIR": str(self.home / name.lower()) for name in ("RUNTIME", "CONFIG", "DATA")}
        return {
            **os.environ,
            **folders,
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces"),
            "IPYTHONDIR": str(self.home / "ipython"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(self.home / "python"), os.environ.get("PYTHONPATH")])),
            "INVESTIGATE_TEST_REQUESTS": str(self._requests),
            "INVESTIGATE_DATA": "",  # the real slices are for the tests that name them: making their cases takes long
        }

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError((self.home / "server.log").read_text(encoding="utf-8")[-3000:])
        try:
            self.api("status")
        except OSError:
            return False
        return True

    def api(self, path: str, method: str = "GET") -> Any:
        """The server's answer to `/api/PATH`."""
        address = f"http://127.0.0.1:{self.port}/api/{path}"
        request = urllib.request.Request(address, method=method, headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    @property
    def requests(self) -> list[str]:
        """What the server or a kernel tried to reach on another machine (and was refused)."""
        return self._requests.read_text(encoding="utf-8").splitlines()

    def forget_requests(self) -> None:
        """For the test that provokes them."""
        self._requests.write_text("", encoding="utf-8")

    # --- notebooks

    def write(self, notebook: str, *cells: str) -> str:
        """Write a notebook of code cells below the server's root; its path again."""
        from nbformat import v4

        made = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": KERNEL})
        (self.root / notebook).parent.mkdir(parents=True, exist_ok=True)
        (self.root / notebook).write_text(v4.writes(made), encoding="utf-8")
        return notebook

    def url(self, path: str, app: str = "lab") -> str:
        """The address of a notebook in JupyterLab, or with `app="notebooks"` in Notebook 7."""
        way = f"lab/tree/{path}?reset&" if app == "lab" else f"{app}/{path}?"
        return f"http://127.0.0.1:{self.port}/{way}token={TOKEN}"

    def open(self, page: Any, notebook: str, *, seconds: float = 180) -> None:
        """Open a notebook and wait until its kernel is idle. `window.panel` is then its panel."""
        page.goto(self.url(notebook), wait_until="domcontentloaded", timeout=seconds * 1000)
        page.wait_for_function(READY, timeout=seconds * 1000, polling=100)

    def run_all(self, page: Any, *, seconds: float = 240) -> None:
        """Run every cell of the open notebook; an error in a cell fails with its traceback."""
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        said = page.wait_for_function(RAN, timeout=seconds * 1000, polling=100).json_value()
        assert said == "done", re.sub("\x1b\\[[0-9;]*m", "", said)

    def save(self, page: Any) -> None:
        """Save the open notebook."""
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save').then(() => null)")

    # --- kernels

    def _kernel_id(self, notebook: str) -> str:
        sessions = {session["path"]: session["kernel"]["id"] for session in self.api("sessions")}
        assert notebook in sessions, f"no kernel for {notebook}; there are {sorted(sessions)}"
        return sessions[notebook]

    @contextlib.contextmanager
    def kernel(self, notebook: str) -> Iterator[Callable[[str], Any]]:
        """A function that evaluates an expression in the notebook's kernel: numbers, text, and lists, dicts of them."""
        client = BlockingKernelClient(
            connection_file=str(self.home / f"runtime/kernel-{self._kernel_id(notebook)}.json")
        )
        client.load_connection_file()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)

            def ask(expression: str) -> Any:
                reply = client.execute(
                    "", user_expressions={"it": expression}, store_history=False, reply=True, timeout=120
                )
                answer = reply["content"]["user_expressions"]["it"]
                assert answer["status"] == "ok", f"{expression}: {answer.get('ename')}: {answer.get('evalue')}"
                return ast.literal_eval(answer["data"]["text/plain"])

            yield ask
        finally:
            client.stop_channels()

    def restart_kernel(self, notebook: str) -> None:
        """Restart, as the menu does: the process ends in an orderly way and a new one takes its place."""
        self.api(f"kernels/{self._kernel_id(notebook)}/restart", "POST")

    def kill_kernel(self, notebook: str) -> None:
        """End the kernel's process at once, as a power cut does, and forget its session; it does nothing on its way out."""
        with self.kernel(notebook) as ask:
            process = ask("__import__('os').getpid()")
        os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        for session in self.api("sessions"):
            if session["path"] == notebook:
                self.api(f"sessions/{session['id']}", "DELETE")

    def end_kernels(self) -> None:
        """End every kernel, in an orderly way."""
        with contextlib.suppress(OSError):
            for session in self.api("sessions"):
                with contextlib.suppress(urllib.error.HTTPError):
                    self.api(f"sessions/{session['id']}", "DELETE")

    def close(self) -> None:
        """End the kernels and the server."""
        self.end_kernels()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()
