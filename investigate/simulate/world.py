"""A world: posts in a plain export format, who is what in it, and how it is saved, loaded and changed."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..files import replacing, write_text

ROW_COLUMNS = ("account", "post_id", "time", "text")
TRUTH_COLUMNS = ("account", "group", "kind")
KNOWN_COLUMNS = ("account_id", "group_name", "relation", "source", "valid_from", "valid_to")
ACT_COLUMNS = ("post_id", "group", "act")

MAPPING = """\
# How to read world.csv.gz with the `csv` source: the column of the file for each canonical column.
account_id = "account"
content_id = "post_id"
created_at = "time"
text = "text"
"""


@dataclass(frozen=True, eq=False)
class World:
    """A simulated export and its truth. Copies are made by the functions below; a world itself is never changed.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row per post, sorted by time: `account`, `post_id`, `time` (UTC, ISO 8601, seconds), `text`.
    truth : pandas.DataFrame
        One row per account, sorted by name: `account`, `group`, `kind`. Kinds: planted_fast, planted_slow,
        planted_camouflage, newsroom, fans, automated, ordinary.
    known_groups : pandas.DataFrame
        What an investigator could know beforehand, the newsrooms: `account_id`, `group_name`, `relation`, `source`,
        `valid_from`, `valid_to` (empty: open).
    acts : pandas.DataFrame
        Which posts belong together: `post_id`, `group`, `act`, for planted groups, newsrooms and fans.
    about : str
        The call that makes this world again.
    """

    rows: pd.DataFrame
    truth: pd.DataFrame
    known_groups: pd.DataFrame
    acts: pd.DataFrame
    about: str = ""

    @property
    def planted(self) -> dict[str, frozenset[str]]:
        """The planted groups: name to members. Empty where nothing is planted."""
        planted = self.truth[self.truth["kind"].str.startswith("planted_")]
        return {str(name): frozenset(part["account"]) for name, part in planted.groupby("group", sort=True)}

    def composition(self) -> pd.DataFrame:
        """Accounts, posts and posts in joint acts for each group; every account of the truth table is counted once."""
        posts = self.rows["account"].value_counts()
        joint = self.acts.merge(self.rows[["post_id", "account"]], on="post_id")["account"].value_counts()
        table = self.truth.assign(
            posts=self.truth["account"].map(posts).fillna(0), joint=self.truth["account"].map(joint).fillna(0)
        )
        out = table.groupby(["kind", "group"], as_index=False, sort=True).agg(
            accounts=("account", "size"), posts=("posts", "sum"), joint_posts=("joint", "sum")
        )
        return out.astype({"posts": int, "joint_posts": int})

    def save(self, folder: str | Path) -> list[Path]:
        """Write world.csv.gz, world.toml, truth.csv, truth_acts.csv, known_groups.csv and README.md; the paths written.

        The same world gives the same bytes: Unix line ends, and no clock or file name in the gzip header. (Another
        build of zlib may compress the same text to other bytes.)
        """
        folder = Path(folder)
        packed = folder / "world.csv.gz"
        with replacing(packed) as temporary:
            temporary.write_bytes(_gzip(_csv(self.rows)))
        texts = {
            "world.toml": MAPPING,
            "truth.csv": _csv(self.truth),
            "truth_acts.csv": _csv(self.acts),
            "known_groups.csv": _csv(self.known_groups),
            "README.md": _readme(self),
        }
        return [packed, *(write_text(folder / name, text) for name, text in texts.items())]

    @classmethod
    def load(cls, folder: str | Path) -> World:
        """Read what `save` wrote.

        Raises
        ------
        InputError
            Files are missing, or their columns are not those of a world.
        """
        folder = Path(folder)
        wanted = {
            "world.csv.gz": ROW_COLUMNS,
            "truth.csv": TRUTH_COLUMNS,
            "known_groups.csv": KNOWN_COLUMNS,
            "truth_acts.csv": ACT_COLUMNS,
        }
        missing = [name for name in wanted if not (folder / name).is_file()]
        if missing:
            raise InputError(
                f"not a saved world: {', '.join(missing)} missing",
                str(folder),
                "make one with `python -m investigate.simulate --out FOLDER`",
            )
        tables: list[pd.DataFrame] = []
        for name, columns in wanted.items():
            table = pd.read_csv(folder / name, dtype=str, keep_default_na=False, encoding="utf-8")
            if tuple(table.columns) != columns:
                raise InputError(
                    f"columns {', '.join(table.columns)} found, {', '.join(columns)} expected",
                    str(folder / name),
                    "make the world again",
                )
            tables.append(table)
        about = (folder / "README.md").read_text(encoding="utf-8") if (folder / "README.md").is_file() else ""
        call = about.partition("```python\n")[2].partition("\n```")[0]
        return cls(tables[0], tables[1], tables[2], tables[3], call)


def shuffle_times(world: World, seed: int = 0) -> World:
    """The same posts with the times dealt out anew among all rows: every count stays, no timing does.

    Texts are left alone, so copies of a text or a link are still copies; only when they were posted is random.
    """
    rng = np.random.default_rng(seed)
    times = world.rows["time"].to_numpy()[rng.permutation(len(world.rows))]
    rows = world.rows.assign(time=times).sort_values(["time", "post_id"], kind="stable", ignore_index=True)
    return replace(world, rows=rows, about=f"shuffle_times({world.about}, seed={seed})")


def without_groups(world: World, groups: tuple[str, ...] | None = None) -> World:
    """The world without the accounts of its planted groups, or of the named groups of any kind.

    Posts by others about the same objects stay: they are ordinary posts. Handles and post numbers stay as they were.

    Raises
    ------
    InputError
        A named group is not in the world.
    """
    known = set(world.truth["group"])
    unknown = sorted(set(groups or ()) - known)
    if unknown:
        raise InputError(f"no group called {', '.join(unknown)}", "groups", f"known: {', '.join(sorted(known))}")
    out = world.truth["group"].isin(groups) if groups is not None else world.truth["kind"].str.startswith("planted_")
    names, labels = set(world.truth.loc[out, "account"]), set(world.truth.loc[out, "group"])
    argument = "" if groups is None else f", groups={groups!r}"
    return World(
        rows=world.rows[~world.rows["account"].isin(names)].reset_index(drop=True),
        truth=world.truth[~out].reset_index(drop=True),
        known_groups=world.known_groups[~world.known_groups["account_id"].isin(names)].reset_index(drop=True),
        acts=world.acts[~world.acts["group"].isin(labels)].reset_index(drop=True),
        about=f"without_groups({world.about}{argument})",
    )


def _csv(table: pd.DataFrame) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*(table[name].tolist() for name in table.columns), strict=True))
    return buffer.getvalue()


def _gzip(text: str) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return buffer.getvalue()


def _readme(world: World) -> str:
    """What the folder holds, in words and numbers."""
    rows, table = world.rows, world.composition()
    span = f"{rows['time'].iloc[0]} to {rows['time'].iloc[-1]}" if len(rows) else "no rows"
    lines = [
        "# A simulated world",
        "",
        "Everything here is invented by `investigate.simulate`: no account, text, town or site is real (addresses",
        "end in the reserved `.example`). The same call gives the same files:",
        "",
        "```python",
        world.about,
        "```",
        "",
        f"{len(rows):,} posts by {len(world.truth):,} accounts, {span}, times to the second.",
        "",
        "| kind | group | accounts | posts | posts in joint acts |",
        "|---|---|---:|---:|---:|",
        *(f"| {r.kind} | {r.group} | {r.accounts:,} | {r.posts:,} | {r.joint_posts:,} |" for r in table.itertuples()),
        "",
        "| file | what it holds |",
        "|---|---|",
        "| `world.csv.gz` | the export: `account`, `post_id`, `time` (UTC), `text` |",
        "| `world.toml` | the column mapping for the `csv` source |",
        "| `known_groups.csv` | what an investigator knows beforehand: the newsrooms |",
        "| `truth.csv` | the answer: each account's group and kind |",
        "| `truth_acts.csv` | the answer: which posts belong to one joint act |",
        "",
        "Only groups whose kind starts with `planted_` should be found. Newsrooms, fans, automated accounts and viral",
        "posts are innocent explanations to rule out.",
    ]
    return "\n".join(lines) + "\n"
