"""What is wrong, doubtful or not supported in a questionnaire, each with the place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_PROBLEMS = 50


def gettext_noop(words: str) -> str:
    """Mark a sentence for the translation tools without needing Django here."""
    return words


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence about one place: `path` is FHIR style (`Questionnaire.item[2].linkId`).

    `words` is an English template with `%(name)s` places that `params` fill, so that the app can
    translate the template. `link_id` names the item where there is one.
    """

    path: str
    words: str
    params: Mapping[str, str] = field(default_factory=dict)
    link_id: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.words % self.params}"


class RefusedError(ValueError):
    """The file cannot be used; `problems` says where and why, at most `MAX_PROBLEMS` of them."""

    def __init__(self, problems: tuple[Notice, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


@dataclass(slots=True)
class Report:
    """Gathers notices while one file is read."""

    problems: list[Notice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    unsupported: list[Notice] = field(default_factory=list)

    def refuse(self, path: str, words: str, *, link_id: str = "", **params: object) -> None:
        """Note a reason to refuse; stop when there are more than anyone would mend at once."""
        self.problems.append(_notice(path, words, link_id, params))
        if len(self.problems) >= MAX_PROBLEMS:
            raise RefusedError(tuple(self.problems))

    def warn(self, path: str, words: str, *, link_id: str = "", **params: object) -> None:
        self.warnings.append(_notice(path, words, link_id, params))

    def leave_out(self, path: str, words: str, *, link_id: str = "", **params: object) -> None:
        """Note something that the file asks for and the portal does not do yet."""
        self.unsupported.append(_notice(path, words, link_id, params))

    def raise_if_refused(self) -> None:
        if self.problems:
            raise RefusedError(tuple(self.problems))


def _notice(path: str, words: str, link_id: str, params: Mapping[str, object]) -> Notice:
    shown = {name: _short(str(content)) for name, content in params.items()}
    shown["link_id"] = _short(link_id)
    return Notice(path=path, words=words, params=shown, link_id=_short(link_id))


def _short(text: str, limit: int = 120) -> str:
    """Keep a quoted piece of somebody's file short enough to read in a list."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
