"""Whether words may be used, said to the person who wrote them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.tenancy.errors import DomainError
from reminders.rules import wording
from reminders.rules.timing import ABOUT_A_FORM, OffsetKind

LONGEST_TEMPLATE, LONGEST_SUBJECT = 600, 120
_PARTS = {
    wording.Part.NAME: gettext_lazy("the name"),
    wording.Part.TIME: gettext_lazy("day and time"),
    wording.Part.CLINICIAN: gettext_lazy("the clinician"),
    wording.Part.HOW_TO_CHANGE: gettext_lazy("how to change the time"),
    wording.Part.AUTOMATIC: gettext_lazy("that it is automatic"),
}


def name_of_part(part: wording.Part, kind: OffsetKind) -> str:
    """What a part is called in a text of that kind: a form has no time that could be changed."""
    if part is wording.Part.HOW_TO_CHANGE:
        if kind in ABOUT_A_FORM:
            return _("how to reach somebody")
        if kind is OffsetKind.AFTER_NO_SHOW:
            return _("how to find another time")
    return str(_PARTS[part])


def check_template(
    template: str, *, discreet: bool, kind: OffsetKind, language: str, by_mail: bool
) -> None:
    """Raises DomainError for words that lack a part, say too much, or have a gap that stays empty.

    A template that does not pass is never made, so none can go out.
    """
    _refuse_longer(template, LONGEST_TEMPLATE)
    found = _check(template, discreet=discreet, kind=kind, language=language, by_mail=by_mail)
    if found.empty_gaps:
        raise DomainError(_no_value_for(found.empty_gaps))
    if found.missing:
        parts = ", ".join(name_of_part(part, kind) for part in sorted(found.missing))
        raise DomainError(_("The text does not say: %(parts)s.") % {"parts": parts})
    if found.telling_gaps:
        raise DomainError(
            _("Discreet words can't name the clinician or the practice, or hold a link.")
        )
    _refuse_telling(found)


def check_subject_line(line: str, *, kind: OffsetKind, language: str) -> None:
    """Raises DomainError: the subject of a mail is seen on a locked screen, so it is discreet."""
    _refuse_longer(line, LONGEST_SUBJECT)
    found = _check(line, discreet=True, kind=kind, language=language, by_mail=True)
    if found.empty_gaps:
        raise DomainError(_no_value_for(found.empty_gaps))
    if found.telling_gaps or "phone" in wording.gaps_of(line):
        raise DomainError(
            _("A locked screen shows the subject: only {first_name}, {day} and {time} fit.")
        )
    _refuse_telling(found)


def _check(
    template: str, *, discreet: bool, kind: OffsetKind, language: str, by_mail: bool
) -> wording.Check:
    if "\x00" in template:
        raise DomainError(_("There is a character in it that no text can have."))
    try:
        return wording.check(
            template, discreet=discreet, kind=kind, language=language, by_mail=by_mail
        )
    except wording.BadTemplateError as error:
        raise DomainError(_cannot_be_filled(error, kind)) from error


def _cannot_be_filled(error: wording.BadTemplateError, kind: OffsetKind) -> str:
    if error.gap is None:
        return _("A curly bracket is open or closed without its partner.")
    known = ", ".join(f"{{{gap}}}" for gap in sorted(wording.gaps_for(kind, discreet=False)))
    return _("{%(gap)s} is not a gap that can be filled. There are: %(known)s.") % {
        "gap": error.gap,
        "known": known,
    }


def _refuse_longer(text: str, most: int) -> None:
    if len(text) > most:
        raise DomainError(_("Write at most %(most)d characters.") % {"most": most})


def _no_value_for(gaps: frozenset[str]) -> str:
    names = ", ".join(f"{{{gap}}}" for gap in sorted(gaps))
    return _("A text of this kind has nothing to put in for %(gaps)s.") % {"gaps": names}


def _refuse_telling(found: wording.Check) -> None:
    if found.telling:
        raise DomainError(
            _("These words tell too much on a shared phone: %(words)s.")
            % {"words": ", ".join(found.telling)}
        )
