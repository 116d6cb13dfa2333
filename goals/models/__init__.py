"""The rows of goals and notes."""

from goals.models.goals import (
    Goal,
    GoalOrigin,
    GoalQuerySet,
    GoalRating,
    GoalState,
    GoalStep,
    GoalTurn,
    GoalWording,
    Voice,
)
from goals.models.notes import Note, NoteAddendum, NoteRevision

__all__ = [
    "Goal",
    "GoalOrigin",
    "GoalQuerySet",
    "GoalRating",
    "GoalState",
    "GoalStep",
    "GoalTurn",
    "GoalWording",
    "Note",
    "NoteAddendum",
    "NoteRevision",
    "Voice",
]
