"""The command line: `investigate ...` or `python -m investigate ...`."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from . import __version__
from ._cli import (
    batching,
    cases,
    catalogue,
    comparing,
    deciding,
    expanding,
    files,
    handing,
    markets,
    public,
    relate,
    running,
)
from ._cli.show import complain
from .errors import EXIT_BUG, EXIT_INPUT, EXIT_OUTSIDE, EXIT_STOPPED, InvestigateError

app = typer.Typer(
    name="investigate",
    help="From a table of actions to findings a person can judge. Every finding can be walked back to its rows.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (cases, files, relate, expanding, deciding, running, comparing, batching, handing, markets, catalogue):
    module.register(app)
app.add_typer(public.app, name="data")

_UsageError = typer.BadParameter.__bases__[0]  # typer carries its own copy of click and does not name these
_ClickError: type[Exception] = _UsageError.__bases__[0]


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"investigate {__version__}")
        raise typer.Exit


@app.callback()
def options(
    debug: bool = typer.Option(
        False, "--debug", help="Show where in the program an error was raised; may stand anywhere."
    ),
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", is_eager=True, callback=_say_version
    ),
) -> None:
    # The callback's text would replace the program's own in the help; both options act elsewhere.
    del debug, version


@app.command("reference", hidden=True)
def write_reference(names: bool = typer.Option(False, "--names", help="The names instead of the commands.")) -> None:
    """Print docs/command-line.md, or with --names docs/reference.md."""
    from ._cli.reference import names_reference, reference

    print(names_reference() if names else reference(app), end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done; 2 the input cannot be used; 3 something outside the program failed; 4 done in part; 1 a bug.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if not words:
        words = ["--help"]
    try:
        code = int(app(words, prog_name="investigate", standalone_mode=False) or 0)
        if code == EXIT_STOPPED:  # Typer answers Ctrl-C with this code and says nothing
            raise KeyboardInterrupt
        return code
    except InvestigateError as error:
        return _stop(debug, error.exit_code, error.what, error.where, error.do)
    except _ClickError as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "investigate"
        return _stop(
            debug, EXIT_INPUT, getattr(error, "format_message", error.__str__)(), command, f"see `{command} --help`"
        )
    except (typer.Abort, KeyboardInterrupt):
        return _stop(
            False,
            EXIT_STOPPED,
            "stopped by you",
            "",
            "a run that was cut short is named by `investigate verify CASE_DIR`",
        )
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again while closing
        return EXIT_OUTSIDE
    except MemoryError:
        return _stop(debug, EXIT_OUTSIDE, "out of memory", "", "load less data, or use a machine with more memory")
    except OSError as error:
        outside = error.errno in (
            errno.ENOSPC,
            errno.EDQUOT,
            errno.EROFS,
            errno.EACCES,
            errno.EPERM,
            errno.EMFILE,
            errno.EIO,
        )
        if outside:
            do = "free space, or check who may read and write there"
            return _stop(debug, EXIT_OUTSIDE, error.strerror or str(error), str(error.filename or ""), do)
        return _bug(debug, error)
    except Exception as error:  # noqa: BLE001 - the last line before the terminal: whatever it is, say it and exit with 1
        return _bug(debug, error)


def _bug(debug: bool, error: Exception) -> int:
    what = f"a bug in this program: {type(error).__name__}: {error}"
    return _stop(debug, EXIT_BUG, what, "", "run it again with --debug and report what it prints, without case data")


def _stop(debug: bool, code: int, what: str, where: str, do: str) -> int:
    if debug:
        traceback.print_exc(file=sys.stderr)
    complain(what, where, do)
    return code
