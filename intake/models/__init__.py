"""Questionnaires and their versions, what is asked of a patient, and what came back."""

from intake.models.assignments import (
    OPEN_STATES,
    Assignment,
    AssignmentQuerySet,
    AssignmentState,
    DraftAnswer,
)
from intake.models.questionnaires import Questionnaire, QuestionnaireVersion, VersionState
from intake.models.responses import Flag, Response, Score

__all__ = [
    "OPEN_STATES",
    "Assignment",
    "AssignmentQuerySet",
    "AssignmentState",
    "DraftAnswer",
    "Flag",
    "Questionnaire",
    "QuestionnaireVersion",
    "Response",
    "Score",
    "VersionState",
]
