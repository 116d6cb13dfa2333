"""Bringing forms in, putting them in use, taking them out of use."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from intake import selectors
from intake.catalogue import Form, form_of, make_form
from intake.fhir.form import Questionnaire as ParsedForm
from intake.fhir.parse import read_questionnaires
from intake.instruments import PLAIN_TITLES
from intake.models import Questionnaire, QuestionnaireVersion, VersionState
from intake.words import said
from portal import clock
from portal.access.viewer import Actor
from portal.audit import services as audit
from portal.tenancy.errors import DomainError

TITLE_LENGTH = 300
URL_LENGTH = 500
VERSION_LENGTH = 80


class Outcome(StrEnum):
    """What an import did with one form."""

    NEW = "new"
    SAME = "same"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Imported:
    """One form of an imported file: its version, the form as read, and what was done."""

    version: QuestionnaireVersion
    form: Form
    outcome: Outcome


def import_questionnaire(*, content: bytes, by: Actor, publish: bool = False) -> list[Imported]:
    """Bring in the forms of a file: a Questionnaire, or a Bundle of them.

    The same file again changes nothing. Raises `RefusedError` (intake.fhir.notices) with every
    reason for a file that cannot be used, DomainError where a published version of the same name
    says something else, or where `publish` is asked for and the form is not fit for it.
    """
    imported = [_import_one(parsed, by=by) for parsed in read_questionnaires(content)]
    if publish:
        for one in imported:
            if one.version.state == VersionState.DRAFT:
                put_in_use(version=one.version, by=by)
    return imported


def put_in_use(*, version: QuestionnaireVersion, by: Actor) -> QuestionnaireVersion:
    """Put a version in use; the one before it is retired, and stays readable with its answers.

    Raises DomainError while something in it could harm: a required question that cannot be
    answered, or a question about danger that no alert is tied to.
    """
    if version.state == VersionState.PUBLISHED:
        return version
    if version.state == VersionState.RETIRED:
        raise DomainError(_("This version was retired. Bring it in again under a new version."))
    blockers = form_of(version).rules.blockers
    if blockers:
        raise DomainError(said(blockers[0]))
    now = clock.now()
    QuestionnaireVersion.objects.published().filter(questionnaire=version.questionnaire_id).update(
        state=VersionState.RETIRED
    )
    version.state, version.published_at = VersionState.PUBLISHED, now
    version.save(update_fields=["state", "published_at"])
    audit.record("questionnaire.publish", by=by, obj=version)
    return version


def retire(*, version: QuestionnaireVersion, by: Actor) -> QuestionnaireVersion:
    """Ask it of nobody any more; what is asked already stays asked."""
    if version.state != VersionState.PUBLISHED:
        raise DomainError(_("Only a form in use can be retired."))
    version.state = VersionState.RETIRED
    version.save(update_fields=["state"])
    audit.record("questionnaire.retire", by=by, obj=version)
    return version


def _import_one(parsed: ParsedForm, *, by: Actor) -> Imported:
    content_hash = _hash_of(parsed.document, parsed.translations)
    url = parsed.url or f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content_hash)}"
    name = parsed.version or content_hash[:12]
    if len(url) > URL_LENGTH or len(name) > VERSION_LENGTH:
        raise DomainError(_("The form’s address or version is too long."))
    form = make_form(parsed)
    version = selectors.version_of_form(url, name)
    if version is None:
        version = _create(parsed, form, url, name, content_hash, by)
        outcome = Outcome.NEW
    elif version.content_hash == content_hash:
        outcome = Outcome.SAME
    elif version.state == VersionState.DRAFT:
        version = _replace(version, parsed, content_hash, by)
        outcome = Outcome.REPLACED
    else:
        raise DomainError(
            _(
                "Version %(version)s of “%(title)s” is here already and says something else. "
                "Give the changed file a new version."
            )
            % {"version": name, "title": version.title}
        )
    return Imported(version, form, outcome)


def _create(
    parsed: ParsedForm, form: Form, url: str, name: str, content_hash: str, by: Actor
) -> QuestionnaireVersion:
    now = clock.now()
    title = parsed.title[:TITLE_LENGTH]
    questionnaire, _created = Questionnaire.objects.get_or_create(
        url=url,
        defaults={"title": title, "plain_title": PLAIN_TITLES.get(url, ""), "created_at": now},
    )
    version = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire,
        version=name,
        title=title,
        document=parsed.document,
        translations=parsed.translations,
        content_hash=content_hash,
        imported_at=now,
        imported_by_id=by.membership_id,
    )
    _record(version, form, by)
    return version


def _replace(
    version: QuestionnaireVersion, parsed: ParsedForm, content_hash: str, by: Actor
) -> QuestionnaireVersion:
    """A draft that nobody has been asked may still change."""
    version.title = parsed.title[:TITLE_LENGTH]
    version.document, version.translations = parsed.document, parsed.translations
    version.content_hash = content_hash
    version.imported_at, version.imported_by_id = clock.now(), by.membership_id
    version.save(
        update_fields=[
            "title",
            "document",
            "translations",
            "content_hash",
            "imported_at",
            "imported_by",
        ]
    )
    audit.record("questionnaire.replace", by=by, obj=version)
    return version


def _record(version: QuestionnaireVersion, form: Form, by: Actor) -> None:
    audit.record(
        "questionnaire.import",
        by=by,
        obj=version,
        details={
            "items": len(form.questionnaire.by_id),
            "warnings": len(form.questionnaire.warnings) + len(form.rules.warnings),
            "unsupported": len(form.questionnaire.unsupported),
        },
    )


def _hash_of(document: Mapping[str, object], translations: Mapping[str, object]) -> str:
    """The same for two files that differ only in spaces and the order of members."""
    text = json.dumps([document, translations], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
