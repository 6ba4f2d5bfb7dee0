"""How often somebody asked to see what was hidden: counts on this computer, for this person, outside every case.

No name, case, content or time of day is kept for what was seen: numbers per day and harm, and for the break prompt the
first and last reveal since the last break. Nothing of it is sent anywhere or written to a case's log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..files import write_json
from .policy import Policy, settings_folder

FILE = "exposure_counts.json"
KEPT_DAYS = 90


class Counter:
    """The private counter.

    Parameters
    ----------
    policy : Policy
        When a break is suggested, and whether anything is counted at all.
    folder : path, optional
        By default `settings_folder()`.
    now : callable, optional
        The clock, injected so that tests are repeatable.

    Attributes
    ----------
    problem : str
        Why nothing is kept, where the file cannot be written.
    """

    def __init__(
        self,
        policy: Policy,
        folder: str | Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.policy, self._now, self.problem = policy, now, ""
        self.path = Path(folder if folder is not None else settings_folder()) / FILE
        self._held: dict[str, Any] | None = None

    def add(self, harm: str) -> str:
        """Count one reveal; the words of a break prompt where one is due, else ""."""
        if not self.policy.count:
            return ""
        held, now = self._read(), self._now()
        last = _time(held.get("last"))
        if last is None or now - last >= timedelta(minutes=self.policy.pause_minutes):
            held["since_break"], held["first"] = 0, now.isoformat(timespec="seconds")
        held["since_break"] += 1
        held["last"] = now.isoformat(timespec="seconds")
        day = held["days"].setdefault(now.date().isoformat(), {})
        day[harm or "unlabelled"] = day.get(harm or "unlabelled", 0) + 1
        oldest = (now - timedelta(days=KEPT_DAYS)).date().isoformat()
        held["days"] = {d: counts for d, counts in held["days"].items() if d >= oldest}
        self._write(held)
        return self._prompt(held, now)

    def today(self) -> dict[str, int]:
        """harm -> reveals today (UTC)."""
        return dict(self._read()["days"].get(self._now().date().isoformat(), {}))

    def days(self) -> dict[str, dict[str, int]]:
        """day -> harm -> reveals, for the last 90 days."""
        return {day: dict(counts) for day, counts in sorted(self._read()["days"].items())}

    def forget(self) -> None:
        """Delete all counts."""
        self._held = None
        self.path.unlink(missing_ok=True)

    def _prompt(self, held: dict[str, Any], now: datetime) -> str:
        n, first = held["since_break"], _time(held.get("first")) or now
        minutes = int((now - first).total_seconds() // 60)
        by_number = n >= self.policy.after_reveals and n % self.policy.after_reveals == 0
        by_time = minutes >= self.policy.after_minutes
        if not (by_number or by_time):
            return ""
        if by_time and not by_number:
            # Said once: the clock starts again, the number goes on.
            held["first"] = now.isoformat(timespec="seconds")
            self._write(held)
        since = f" in {minutes} minutes" if minutes else ""
        return (
            f"{n} reveals{since} without a break of {self.policy.pause_minutes} minutes. This is a good moment for one."
        )

    def _read(self) -> dict[str, Any]:
        empty: dict[str, Any] = {"days": {}, "since_break": 0}
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            return {**empty, **held} if isinstance(held, dict) and isinstance(held.get("days"), dict) else empty
        except FileNotFoundError:
            return self._held or empty
        except (OSError, ValueError) as error:
            self.problem = f"the private counter cannot be read ({error}); it starts again"
            return self._held or empty

    def _write(self, held: dict[str, Any]) -> None:
        self._held = held
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_json(self.path, held).chmod(0o600)
        except (OSError, RuntimeError) as error:
            self.problem = f"the private counter is kept for this kernel only: {error}"


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
