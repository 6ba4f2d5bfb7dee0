"""Executing a notebook with Papermill, in a kernel of this very Python."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import EXIT_OUTSIDE
from .outcome import Failure
from .templates import ISOLATED, PARAMETERS

Progress = Callable[[str, int, int], None]


def drive(
    source: Path,
    values: dict[str, Any],
    out: Path,
    progress: Progress | None = None,
    watch: Callable[[str], None] | None = None,
) -> Failure | None:
    """Execute the notebook `source` into `out`; what went wrong outside its cells, if anything did.

    Parameters
    ----------
    values : dict
        Parameters.
    progress : callable, optional
        Called as ``progress(section, done, total)`` when a cell starts; counts are cells.
    watch : callable, optional
        Called with the id of each code cell as it starts: those before it have ended.
    """
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from . import kernel

    total = _count_cells(source)

    def on_cell_start(cell: Any, cell_index: int) -> None:
        if watch and cell.cell_type == "code":
            watch(str(cell.get("id", "")))
        if progress and cell.cell_type == "code":
            tags = [t for t in cell.metadata.get("tags", []) if t not in (ISOLATED, "injected-parameters")]
            progress(tags[0] if tags else PARAMETERS, cell_index, total)

    try:
        with _quiet():
            papermill.execute_notebook(
                _literal(source),
                _literal(out),
                values,
                kernel_name="python3",
                progress_bar=False,
                start_timeout=kernel.START_TIMEOUT_S,
                kernel_manager_class=kernel.OwnKernel,
                on_cell_start=on_cell_start,
            )
    except PapermillExecutionError:
        return None  # the cell's own output says more
    except NoSuchKernel as error:
        return Failure("OutsideError", f"no kernel to run the notebook: {error}", "", "install ipykernel", EXIT_OUTSIDE)
    except DeadKernelError:
        do = "free memory or load less data, then run it again"
        return Failure("OutsideError", f"the kernel died {_last_words()}".strip(), str(out), do, EXIT_OUTSIDE)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            do = "free space or choose another folder"
            return Failure("OutsideError", f"cannot write: {error.strerror}", str(out), do, EXIT_OUTSIDE)
        raise
    except RuntimeError as error:
        # nbclient says a slow start and a kernel that never came up in a plain RuntimeError.
        what = f"the kernel did not answer: {error} {_last_words()}".strip()
        return Failure("OutsideError", what, str(out), "run it again", EXIT_OUTSIDE)
    return None


def _last_words() -> str:
    from . import kernel

    words = kernel.last[-1].last_words() if kernel.last else ""
    return f"({words})" if words else ""


def _literal(path: Path) -> str:
    """A path in which Papermill finds nothing to fill in: it reads braces as places for parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _count_cells(path: Path) -> int:
    return len(json.loads(path.read_text(encoding="utf-8"))["cells"]) + 1  # and the one Papermill puts in


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Papermill's log lines are for its own users; warnings and errors of a run come from its outcome."""
    logger = logging.getLogger("papermill")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
