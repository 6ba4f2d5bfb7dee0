"""Exposure control: what stays hidden until somebody asks for it, and how often somebody asked.

A comfort control, not a protection: it lets people choose when to look, and look at less. Studies do not agree that
blurring or greyscale shields anybody from harm; see docs/exposure.md.
"""

from __future__ import annotations

from .counter import Counter
from .labels import labels_of
from .lexicon import Lexicon
from .pictures import blurred, picture
from .policy import Harm, Hidden, Policy, settings_folder
from .quotes import Quotes
from .reveal import Exposure, Media

__all__ = [
    "Counter",
    "Exposure",
    "Harm",
    "Hidden",
    "Lexicon",
    "Media",
    "Policy",
    "Quotes",
    "blurred",
    "labels_of",
    "picture",
    "settings_folder",
]
