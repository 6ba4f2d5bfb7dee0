"""The workbench: a view of a case that is worked on by gestures, undone, kept in the case and opened again as it was."""

from .core import Workbench
from .gesture import GESTURES, Change, Gesture, gesture
from .journal import Step
from .state import ViewState

__all__ = ["GESTURES", "Change", "Gesture", "Step", "ViewState", "Workbench", "gesture"]
