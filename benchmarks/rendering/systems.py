"""The pages and notebooks in which each system draws the same graph at the same places, as its own users would write them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from investigate.files import write_text
from investigate.views._carrier import frame_document

from ..speed.toolkit import cache
from .graphs import COLOURS, Graph, as_scene

IPYSIGMA = "0.24.6"
OURS, SIGMA, PYVIS = "investigate", f"ipysigma {IPYSIGMA}", "pyvis 0.3.2"

# Two cells each: what is imported and read, and what draws. pyvis as fast as it goes: its lists filled directly (add_edge is
# quadratic), places given, physics and smooth edges off.
BEGAN = "import time; began = time.time()\n"
PYVIS_READ = """
import html, pickle
from pyvis.network import Network
from IPython.display import HTML
graph = pickle.load(open({pickle!r}, "rb"))
"""
PYVIS_DRAW = """
colours = {colours!r}
number = {{name: i for i, name in enumerate(graph)}}
net = Network(height="560px", width="100%", cdn_resources="in_line")
net.nodes = [
    dict(id=i, label=name, shape="dot", size=6, x=d["x"] * {scale}, y=-d["y"] * {scale}, color=colours[d["group"] % 8])
    for i, (name, d) in enumerate(graph.nodes(data=True))
]
net.edges = [{{"from": number[a], "to": number[b]}} for a, b in graph.edges]
net.options = dict(physics=dict(enabled=False), edges=dict(smooth=False), layout=dict(improvedLayout=False))
page = net.generate_html()
"""
IN_NOTEBOOK = (
    """HTML('<iframe style="width:100%;height:620px;border:0" srcdoc="' + html.escape(page) + '"></iframe>')"""
)
SIGMA_READ = """
import pickle
from ipysigma import Sigma
graph = pickle.load(open({pickle!r}, "rb"))
"""
SIGMA_DRAW = """Sigma(graph, node_color="group", start_layout=False, height=600)"""
OURS_READ = """
from investigate import Case
from investigate.widgets import Workbench
case = Case.open({case!r})
"""
OURS_DRAW = """Workbench(case)"""


def sigma_environment() -> Path | None:
    """A folder with ipysigma and its extension for JupyterLab, installed on the first call; None, with the reason, where that fails.

    It is no dependency of this package. What it needs besides (ipywidgets) is in the environment of the run.
    """
    folder = cache() / f"ipysigma-{IPYSIGMA}"
    if not (folder / ".ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*install, "--no-deps", f"ipysigma=={IPYSIGMA}"], check=True, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"ipysigma {IPYSIGMA} could not be installed ({error}); its rows are left out")
            return None
        (folder / ".ready").touch()
    return folder


def sigma_paths(folder: Path) -> dict[str, str]:
    """Environment variables by which Python and JupyterLab find it."""
    [packages] = folder.glob("lib/python*/site-packages")
    only = folder / "only"  # the environment's pip and setuptools must not come before the others
    only.mkdir(exist_ok=True)
    for part in packages.glob("ipysigma*"):
        target = only / part.name
        if not target.exists():
            shutil.copytree(part, target)
    return {"PYTHONPATH": str(only), "JUPYTER_PATH": str(folder / "share" / "jupyter")}


def pyvis_code(graph: Graph, pickled: Path) -> tuple[str, str]:
    scale = round(42.0 * float(np.sqrt(graph.n)))
    return PYVIS_READ.format(pickle=str(pickled)), PYVIS_DRAW.format(colours=COLOURS, scale=scale)


def pyvis_page(graph: Graph, pickled: Path, folder: Path) -> Path:
    """pyvis's own page of the graph."""
    held: dict[str, str] = {}
    for cell in pyvis_code(graph, pickled):
        exec(compile(cell, "pyvis", "exec"), held)  # noqa: S102 - the text of a notebook cell, ours
    return write_text(folder / f"pyvis-{graph.n}.html", held["page"])


def our_page(graph: Graph, folder: Path) -> Path:
    """The document that stands in the frame of a report."""
    return write_text(folder / f"investigate-{graph.n}.html", frame_document(as_scene(graph)))


def notebooks(graph: Graph, pickled: Path, case: Path, with_sigma: bool) -> dict[str, tuple[str, str]]:
    """Two cells by system: what is imported and read, and what draws; the second notes when it began."""
    read, draw = pyvis_code(graph, pickled)
    out = {
        OURS: (OURS_READ.format(case=str(case)), BEGAN + OURS_DRAW),
        PYVIS: (read, BEGAN + draw + IN_NOTEBOOK),
    }
    if with_sigma:
        out[SIGMA] = (SIGMA_READ.format(pickle=str(pickled)), BEGAN + SIGMA_DRAW)
    return out
