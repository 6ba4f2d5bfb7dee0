"""What leaves a run besides its report: one-page briefs for those who decide, and the hand-over to the next shift."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .audiences import AUDIENCES, Audience, audience
from .brief import Brief, make_brief
from .documents import write_docx, write_markdown
from .facts import RunFacts, read_run
from .handover import Handover, NotReady, acknowledge, make_handover, proposed, read_shift
from .privacy import mask, scan, small_cells
from .sheets import form, latest, write_handover
from .shift import Shift

__all__ = [
    "AUDIENCES", "Audience", "Brief", "Handover", "NotReady", "RunFacts", "Shift", "acknowledge", "audience", "form", "latest",
    "make_brief", "make_handover", "mask", "proposed", "read_run", "read_shift", "scan", "small_cells", "write_briefs",
    "write_handover",
]  # fmt: skip


def write_briefs(
    run_dir: Path | str,
    audiences: Sequence[str] = (),
    *,
    out: Path | str | None = None,
    sharing: str = "",
    approved_by: str = "",
    next_update: str = "",
    min_cell: int = 5,
) -> list[tuple[Brief, list[Path]]]:
    """Write the briefs of a run as Markdown and DOCX: `briefs/brief_<audience>.md` and `.docx` in its folder.

    Parameters
    ----------
    audiences : sequence of str
        Names from `AUDIENCES`; all of them by default.
    out : path, optional
        Another folder.
    sharing, approved_by, next_update, min_cell
        As in `make_brief`.

    Returns
    -------
    list of (Brief, list of Path)
        Each brief with its files; `Brief.problems` says what the wording check found.

    Raises
    ------
    CaseError
        The folder holds no finished run.
    InputError, UnknownNameError
        As in `make_brief`; an audience is unknown.
    """
    folder = Path(run_dir)
    wanted = [audience(name) for name in audiences] or list(AUDIENCES.values())
    run = read_run(folder)
    target = Path(out) if out else folder / "briefs"
    # All are made before one is written: a refusal leaves no half set behind.
    made = [
        make_brief(run, a, sharing=sharing, approved_by=approved_by, next_update=next_update, min_cell=min_cell)
        for a in dict.fromkeys(wanted)
    ]
    return [
        (
            b,
            [
                write_markdown(b, target / f"brief_{b.audience.name}.md"),
                write_docx(b, target / f"brief_{b.audience.name}.docx"),
            ],
        )
        for b in made
    ]
