"""A report as PDF, printed by the Chromium of this machine: from the file on disk, with a profile of its own, offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..errors import InputError, OutsideError
from ..files import replacing

PATIENCE_S = 180
# Nothing is fetched: the report holds all it shows, and every name resolves to nowhere.
_OFFLINE = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def find_chromium() -> str:
    """The path of a Chromium or Chrome: INVESTIGATE_CHROMIUM, the search path, where macOS and Windows put it; else empty."""
    programs = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
    usual = [
        os.environ.get("INVESTIGATE_CHROMIUM", ""),
        *(shutil.which(name) for name in _NAMES),
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        *(f"{folder}/Google/Chrome/Application/chrome.exe" for folder in programs if folder),
    ]
    return next((path for path in usual if path and Path(path).is_file()), "")


def write_pdf(html: Path, pdf: Path | None = None) -> Path:
    """Print an HTML file of ours as PDF beside it.

    Parameters
    ----------
    html : Path
        report.html, or another page that this package wrote.
    pdf : Path, optional
        Where to write; the same name with `.pdf` by default.

    Raises
    ------
    InputError
        There is no such file.
    OutsideError
        No Chromium is installed, or it failed.

    Notes
    -----
    The sandbox of the browser stays on, but for the superuser, for whom it does not work. The PDF carries the time of
    printing: its bytes differ from time to time.
    """
    if not html.is_file():
        raise InputError("there is no report to print", str(html), "build it with `investigate report RUN_DIR`")
    program = find_chromium()
    if not program:
        do = "install Chromium, or set INVESTIGATE_CHROMIUM to its path; or print report.html from any browser"
        raise OutsideError("a PDF needs Chromium or Chrome, and none is installed", "", do)
    target = pdf or html.with_suffix(".pdf")
    superuser = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="investigate-pdf-") as profile, replacing(target) as temporary:
        made = Path(profile) / "out.pdf"
        words = [
            program,
            *_OFFLINE,
            *superuser,
            f"--user-data-dir={profile}/profile",
            f"--print-to-pdf={made}",
            html.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(words, capture_output=True, timeout=PATIENCE_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutsideError(
                f"Chromium did not print: {error}", program, "try again, or print from a browser"
            ) from error
        if done.returncode or not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise OutsideError(
                f"Chromium wrote no PDF (exit code {done.returncode})", program, (said or ["print from a browser"])[-1]
            )
        shutil.copyfile(made, temporary)
    return target
