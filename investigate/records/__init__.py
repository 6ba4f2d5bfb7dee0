"""What people decide about a case, as entries of its log: exhibits, judgements, tags, identities.

Every table here is a function of the log's entries alone. Nothing is ever changed or deleted: an entry is taken back by a
later entry, and taking back that one brings it back. The data stay as they were loaded.
"""

from __future__ import annotations

from .entries import RETRACTION, living, retraction, taken_back
from .exhibit import CONFIDENCES, EXHIBIT, KINDS, STANCES, Exhibit, exhibits
from .identity import IDENTITY, Identities, identities
from .judgement import DECISIONS, JUDGEMENT, Standing, finding_sha256, judged, standing
from .reliability import agreement
from .tag import TAG, UNTAG, tags

__all__ = [
    "CONFIDENCES", "DECISIONS", "EXHIBIT", "IDENTITY", "JUDGEMENT", "KINDS", "RETRACTION", "STANCES", "TAG", "UNTAG",
    "Exhibit", "Identities", "Standing", "agreement", "exhibits", "finding_sha256", "identities", "judged", "living",
    "retraction", "standing", "tags", "taken_back",
]  # fmt: skip
