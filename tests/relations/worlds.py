"""Random worlds that hold every object type, as canonical tables, for the properties that all relations share."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import duckdb
import pandas as pd

from investigate import engine
from investigate.objects import text_objects
from investigate.store import define_views
from investigate.tables import ACCOUNTS, ACTIONS, CONTENT, OBJECT_TYPES

START = pd.Timestamp("2024-03-01T06:00:00Z")
ACCOUNT_IDS = [
    f"x:{name}" for name in ("Zoe", "ana", "bo", "Émile", "\uffee-wide", "😀smile", "dan", "eve", "flo", "gus")
]
HANDLES = [
    "Zoe_Quartz7",
    "zoe.quartz9",
    "bolivar",
    "emil_ø",
    "wide",
    "smiler",
    "danube_x",
    "eveline",
    "florentin",
    "fl0rentin",
]
FROM_TEXT = {"url", "domain", "hashtag", "mention", "text"}
AT_CONTENT = ("repost", "reply", "quote", "report")
WORDS = [
    "river",
    "stone",
    "morning",
    "ledger",
    "copper",
    "window",
    "orchard",
    "signal",
    "harbour",
    "lantern",
    "meadow",
    "violet",
    "thunder",
]


@dataclass(frozen=True)
class World:
    """The three tables a connection shows."""

    accounts: pd.DataFrame
    content: pd.DataFrame
    actions: pd.DataFrame

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection with the views of a case."""
        con = engine.connect()
        for table, name in ((ACCOUNTS, "accounts"), (CONTENT, "content"), (ACTIONS, "actions")):
            con.register(f"{name}_rows", getattr(self, name)[[c.name for c in table.columns]])
            con.execute(f"create view {name} as select *, 'one' as dataset_id from {name}_rows")
        define_views(con)
        return con

    def each(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> World:
        return replace(self, accounts=change(self.accounts), content=change(self.content), actions=change(self.actions))

    def shuffled(self, seed: int) -> World:
        """The same rows in another order."""
        return self.each(lambda table: table.sample(frac=1, random_state=seed, ignore_index=True))

    def renamed(self, names: dict[str, str]) -> World:
        """The same accounts under other identifiers."""
        return self.each(lambda table: table.assign(account_id=table["account_id"].map(names)))

    def shifted(self, microseconds: int) -> World:
        """The same, so much later."""
        by = pd.Timedelta(microseconds, unit="us")
        return self.each(lambda t: t.assign(**{c: t[c] + by for c in ("created_at", "acted_at") if c in t}))

    def joined(self, other: World) -> World:
        """Both worlds' rows."""
        both = (
            pd.concat([getattr(self, n), getattr(other, n)], ignore_index=True)
            for n in ("accounts", "content", "actions")
        )
        return World(*both)


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.content: list[dict] = []
        self.actions: list[dict] = []

    def post(self, account: str, seconds: float, text: str, objects: list[tuple[str, str]], name: str = "c") -> str:
        """One content with the objects of its text and others."""
        content_id = f"{name}{len(self.content):03d}"
        at = START + pd.Timedelta(round(seconds * 1_000_000), unit="us")
        row = {"content_id": content_id, "account_id": account, "source_row": len(self.content) + 1}
        self.content.append(
            {**row, "created_at": at, "text": text, "language": "en", "content_type": "post", "sensitivity": None}
        )
        for object_type, object_id in dict.fromkeys([*text_objects(text), *objects]):
            self.actions.append({**row, "object_type": object_type, "object_id": object_id, "acted_at": at})
        return content_id

    def world(self, accounts: pd.DataFrame) -> World:
        return World(accounts, pd.DataFrame(self.content), pd.DataFrame(self.actions))


def profiles(ids: list[str], handles: list[str]) -> pd.DataFrame:
    rows = {"account_id": ids, "handle": handles, "display_name": [h.replace("_", " ").title() for h in handles]}
    more = {"platform": "x", "created_at": START - pd.Timedelta(days=400), "followers": 10, "following": 20}
    return pd.DataFrame(rows).assign(**more, language="en", region=None, source_label=None)


def _text(rng: random.Random) -> str:
    """A text of one of a few families: the same words alone, or with one changed and tags, a link and a mention."""
    family = rng.randrange(4)
    words = [WORDS[(family * 3 + k) % len(WORDS)] for k in range(20)]
    if rng.random() < 0.3:
        return " ".join(words)
    if rng.random() < 0.4:
        words[-1] = rng.choice(WORDS)
    tags = " ".join(f"#{t}" for t in rng.choice([["alpha", "beta", "gamma"], ["gamma", "beta", "alpha"], ["delta"]]))
    link = f"https://site{rng.randrange(3)}.org/page{rng.randrange(2)}"
    return f"{' '.join(words)} {tags} {link} @{rng.choice(['Zoe_Quartz7', 'bolivar', 'danube_x'])}"


def _objects(rng: random.Random, n: int) -> list[tuple[str, str]]:
    """A few objects of every type that a text does not give."""
    pdq = ["f" * 64, "f" * 63 + "e", "0" * 64]
    phash = ["a" * 16, "a" * 15 + "b", "5" * 16]
    media = [*(f"pdq:{h}" for h in pdq), *(f"phash:{h}" for h in phash), "9" * 64]
    out = [("media", rng.choice(media))]
    for kind in OBJECT_TYPES:
        if kind not in {*FROM_TEXT, *AT_CONTENT, "media", "follow"} and rng.random() < 0.3:
            out.append((kind, f"{kind}-{rng.randrange(n)}"))
    return out


@cache
def random_world(seed: int) -> World:
    """Ten accounts over two days: bursts on shared objects, reposts of contents of the data, and two accounts in step.

    Every object type of `OBJECT_TYPES` occurs with several accounts on one object; names are alike in two pairs; accounts
    sort differently as text and as bytes only where the order is by code points of another encoding.
    """
    rng = random.Random(seed)
    w = _Writer(rng)
    bursts = [rng.uniform(0, 170_000) for _ in range(12)]
    for at in bursts:
        original = None
        for account in rng.sample(ACCOUNT_IDS, 5):
            near = at + rng.choice([0.0, 1.0, rng.uniform(0, 60), rng.uniform(0, 500)])
            objects = _objects(rng, 4)
            if original:
                objects += [(kind, original) for kind in AT_CONTENT if rng.random() < 0.7]
                objects.append(("follow", rng.choice(HANDLES)))
            made = w.post(account, near if original else at, _text(rng), objects)
            original = original or made
    # Two accounts post in the same half hours, at times of their own.
    for k in range(12):
        slot = k * 12_600 + rng.uniform(0, 1200)
        for account in ("x:step-one", "x:step-two"):
            w.post(account, slot + rng.uniform(0, 60), f"note {k}", [])
    # Three accounts say the same within half a minute.
    for account in rng.sample(ACCOUNT_IDS, 3):
        w.post(account, 90_000 + rng.uniform(0, 30), " ".join(WORDS[:8]), [])
    # One plain content at each end, so that neither end depends on chance.
    w.post("x:ana", 0.0, "first", [])
    w.post("x:ana", 180_000.0, "last", [])
    ids, handles = [*ACCOUNT_IDS, "x:step-one", "x:step-two"], [*HANDLES, "metronome", "pendulum"]
    return w.world(profiles(ids, handles))


@cache
def stranger(seed: int) -> World:
    """An account with nothing in common with anybody, active inside the span of every random world."""
    rng = random.Random(seed)
    w = _Writer(rng)
    for k in range(3):
        objects = [(kind, f"own-{kind}-{k}") for kind in OBJECT_TYPES if kind not in FROM_TEXT]
        text = f"utterly unlike anything else said anywhere by people number {k} #solitary{k} https://own{k}.net/x @nobody{k}"
        w.post("x:stranger", rng.uniform(1, 170_000), text, objects, name="s")
    return w.world(profiles(["x:stranger"], ["qqvwkjh"]))
