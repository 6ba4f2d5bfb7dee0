"""Whatever a study concludes in these tests is checked for wording: certainty, attribution, likelihood beside confidence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from investigate.concluding import Concluding
from investigate.wording.record import finding_texts, study_texts


@pytest.fixture(scope="session", autouse=True)
def wording() -> Iterator[None]:
    """Every study and every finding kept by a case says what was observed, in words that the check lets through."""
    from investigate.wording import check_wording

    keep = Concluding.conclude

    def checked(self, study, findings=(), **more):
        texts = [*study_texts(study.record()), *(pair for f in findings for pair in finding_texts(f.to_dict()))]
        found = [f"{name}: {problem}\n    in: {text}" for name, text in texts for problem in check_wording(text)]
        assert not found, "wording to be mended (see investigate/wording):\n" + "\n".join(found)
        return keep(self, study, findings, **more)

    Concluding.conclude = checked
    yield
    Concluding.conclude = keep
