"""The kernel a run uses: this very Python, whatever kernels are registered on the machine."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

START_TIMEOUT_S = 120  # a cold disk and a virus scanner can hold a first start for more than a minute


class OwnKernel(AsyncKernelManager):
    """A kernel in the running interpreter, with its stderr kept in a file instead of on the terminal.

    A registered `python3` may belong to another environment, where this package is missing or older. On Linux and
    macOS the kernel is reached through sockets in a private folder: nothing listens on the network.
    """

    def __init__(self, **keywords: Any) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="inv-", ignore_cleanup_errors=True)
        super().__init__(**keywords)
        root = Path(self.folder.name)
        self.stderr_path = root / "stderr.txt"
        self.connection_file = str(root / "k.json")
        # A socket's path may have about 100 characters; temporary folders can be longer than that.
        if os.name == "posix" and len(self.connection_file) < 80:
            self.transport = "ipc"
            self.ip = str(root / "k")
        last.append(self)
        del last[:-1]

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python", language="python", metadata={"debugger": False})

    async def start_kernel(self, **keywords: Any) -> None:  # type: ignore[override]
        env = dict(keywords.pop("env", None) or os.environ)
        # The kernel imports the same package as this process, installed or not.
        own = str(Path(__file__).resolve().parents[2])
        env["PYTHONPATH"] = os.pathsep.join(p for p in (own, env.get("PYTHONPATH", "")) if p)
        env["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or the debugger warns about frozen modules
        with self.stderr_path.open("wb") as stderr:
            await self._async_start_kernel(stderr=stderr, env=env, **keywords)

    def last_words(self) -> str:
        """The end of what the kernel wrote to stderr, for the message when it dies."""
        try:
            lines = self.stderr_path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1][:300] if lines else ""


last: list[OwnKernel] = []  # Papermill makes the manager itself, so the latest one is remembered here
