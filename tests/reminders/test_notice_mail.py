"""Mail to staff: one for what waits, discreet, at a decent hour unless it is a risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from portal import clock
from portal.people import services as people
from portal.practices import services as practices
from portal.practices.selectors import settings_of_practice
from portal.tenancy.context import practice_scope
from portal.tenancy.errors import DomainError
from portal.work import ladder, preferences
from portal.work import services as work
from portal.work.models import (
    Mail,
    MailState,
    Notice,
    NoticeKind,
    NoticePreference,
    WorkAudience,
    WorkItem,
)
from reminders.models import Channel, Reason, Reminder, Subject
from reminders.rules.states import State
from reminders.services import claiming, notices
from reminders.transports.base import Outgoing
from tests.cast import SET_UP, Cast

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)  # a Tuesday; the practice is open 9 to 17
NIGHT = dt.datetime(2026, 11, 24, 23, tzinfo=dt.UTC)
PAGE = "/alder/staff/notices/mail/"


@pytest.fixture(autouse=True)
def noon(cast: Cast) -> Iterator[None]:
    """Inside Alder at noon. Cole leads Ana's care; Cleo is on duty; Eve is the manager."""
    with practice_scope(cast.alder.pk):
        clock.move_to(NOON)
        yield


def alert(cast: Cast, code: str = "t") -> WorkItem:
    ana = cast.patient("ana")
    title = "Item nine of Ana Abbott"
    return work.raise_alert(code=code, title=title, patient_id=ana.pk, source=ana, by=SET_UP)


def task(cast: Cast, name: str = "dee") -> WorkItem:
    return work.raise_task(
        code="t",
        title="Ring Ana Abbott back",
        audience=WorkAudience.FRONT_DESK,
        due_at=clock.now(),
        patient_id=cast.patient("ana").pk,
        assigned_to=cast.people[name].membership,
        by=SET_UP,
    )


def prefer(cast: Cast, name: str, kind: NoticeKind, mail: Mail) -> None:
    NoticePreference.objects.create(
        member=cast.people[name].membership, kind=kind.value, mail=mail.value
    )


def mails() -> list[Outgoing]:
    """Gather, and claim what is due now."""
    notices.gather()
    return claiming.claim()


def rows() -> list[Reminder]:
    return list(Reminder.objects.filter(subject_type=Subject.NOTICE).order_by("created_at"))


def waiting() -> list[dt.datetime]:
    """When the notices that still wait for a mail are looked at again."""
    found = Notice.objects.filter(state=MailState.WAITING).order_by("due_at")
    return list(found.values_list("due_at", flat=True))


def test_a_risk_is_mailed_at_once_at_night_too_and_says_nothing_of_anybody(cast: Cast) -> None:
    clock.move_to(NIGHT)
    alert(cast)
    (mail,) = mails()
    assert (mail.channel, mail.to) == (Channel.EMAIL, "cole@example.org")
    assert mail.subject_line == "Alder Practice: Please look now"
    assert "/alder/staff/notices/" in mail.body
    for word in ("Ana", "Abbott", "nine", "risk", "patient", "alert", "Cole"):
        assert word.lower() not in (mail.body + mail.subject_line).lower(), word
    assert mails() == []


def test_ten_at_once_are_one_mail(cast: Cast) -> None:
    for number in range(10):
        alert(cast, f"t{number}")
    (mail,) = mails()
    assert "10 things wait for you" in mail.body
    assert len(rows()) == 1


def test_what_comes_while_a_mail_has_not_left_goes_in_it(cast: Cast) -> None:
    prefer(cast, "cole", NoticeKind.WORK, Mail.AT_ONCE)
    task(cast, "cole")
    assert notices.gather() == 1
    alert(cast)
    assert notices.gather() == 1
    (mail,) = claiming.claim()
    assert mail.subject_line.endswith("Please look now")
    assert "2 things wait for you" in mail.body


def test_a_task_waits_for_the_morning_and_ten_are_one_mail(cast: Cast) -> None:
    for _ in range(10):
        task(cast)
    assert mails() == []
    assert set(waiting()) == {dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)}
    clock.move_to(dt.datetime(2026, 11, 25, 9, 1, tzinfo=dt.UTC))
    (mail,) = mails()
    assert (mail.to, mail.subject_line) == (
        "dee@example.org",
        "Alder Practice: 10 things wait for you",
    )
    assert "Ana" not in mail.body


def test_a_risk_takes_along_what_would_have_waited(cast: Cast) -> None:
    task(cast, "cole")
    assert mails() == []
    alert(cast)
    (mail,) = mails()
    assert "2 things wait for you" in mail.body
    assert waiting() == []


def test_at_once_is_when_the_practice_is_open_and_no_closer_than_a_quarter_of_an_hour(
    cast: Cast,
) -> None:
    prefer(cast, "dee", NoticeKind.WORK, Mail.AT_ONCE)
    task(cast)
    assert len(mails()) == 1
    clock.move_to(NOON + dt.timedelta(minutes=5))
    task(cast)
    assert mails() == []
    clock.move_to(NOON + dt.timedelta(minutes=16))
    assert len(mails()) == 1
    clock.move_to(NIGHT)
    task(cast)
    assert mails() == []
    clock.move_to(dt.datetime(2026, 11, 25, 9, 1, tzinfo=dt.UTC))
    assert len(mails()) == 1


def test_nobody_is_mailed_about_what_they_have_read(cast: Cast) -> None:
    item = alert(cast)
    work.open_item(item=item, by=cast.cole.viewer)
    assert mails() == []
    assert rows() == []


def test_read_between_gathering_and_leaving_no_mail_goes(cast: Cast) -> None:
    item = alert(cast)
    notices.gather()
    work.acknowledge(item=item, by=cast.cole.viewer)
    assert claiming.claim() == []
    (row,) = rows()
    assert (row.state, row.reason) == (State.SUPPRESSED, Reason.GONE)


def test_nobody_who_has_left_is_mailed(cast: Cast) -> None:
    alert(cast)
    notices.gather()
    practices.end_membership(membership=cast.cole.membership, by=SET_UP)
    assert claiming.claim() == []
    assert rows()[0].state == State.SUPPRESSED


def test_switched_off_is_off_but_the_bell_still_rings(cast: Cast) -> None:
    prefer(cast, "cole", NoticeKind.RISK, Mail.NEVER)
    alert(cast)
    assert mails() == []
    assert Notice.objects.filter(member=cast.cole.membership, read_at=None).count() == 1


def test_whoever_is_on_duty_is_mailed_whatever_was_chosen_before(cast: Cast) -> None:
    prefer(cast, "cleo", NoticeKind.RISK, Mail.NEVER)
    alert(cast)
    mails()
    clock.move_to(NOON + dt.timedelta(minutes=16))
    ladder.sweep_practice(cast.alder.pk)
    assert [mail.to for mail in mails()] == ["cleo@example.org"]


def test_the_cover_of_whoever_is_on_duty_cannot_switch_it_off_either(cast: Cast) -> None:
    people.arrange_cover(
        absent=cast.cleo.membership,
        cover=cast.cole.membership,
        starts_at=clock.now(),
        ends_at=clock.now() + dt.timedelta(days=1),
        by=SET_UP,
    )
    with pytest.raises(DomainError):
        preferences.choose(mail={NoticeKind.RISK: Mail.NEVER}, by=cast.cole.viewer)


def test_the_last_manager_who_hears_of_it_cannot_switch_it_off(cast: Cast) -> None:
    with pytest.raises(DomainError):
        preferences.choose(mail={NoticeKind.RISK: Mail.NEVER}, by=cast.eve.viewer)
    prefer(cast, "eve", NoticeKind.RISK, Mail.NEVER)
    alert(cast)
    mails()
    clock.move_to(NOON + dt.timedelta(minutes=31))
    ladder.sweep_practice(cast.alder.pk)
    assert {mail.to for mail in mails()} == {"cleo@example.org", "eve@example.org"}


def test_somebody_with_no_address_gets_no_mail_and_it_says_so(cast: Cast) -> None:
    cast.cole.user.email = ""
    cast.cole.user.save()
    alert(cast)
    assert mails() == []
    assert rows()[0].reason == Reason.NO_ADDRESS


def test_texts_switched_off_still_lets_staff_hear(cast: Cast) -> None:
    practices.change_settings(settings=settings_of_practice(), texts_enabled=False, by=SET_UP)
    alert(cast)
    assert len(mails()) == 1


def test_told_once_and_gathered_twice_it_is_one_mail(cast: Cast) -> None:
    alert(cast)
    assert notices.gather() == 1
    assert notices.gather() == 0
    assert len(claiming.claim()) == 1


# --- The page ---------------------------------------------------------------------------------


def test_outsiders_and_patients_have_no_such_page(cast: Cast) -> None:
    for name, status in (("yan", 404), ("ana", 403), ("fay", 403)):
        client = cast.people[name].client()
        assert client.get(PAGE).status_code == status
        assert client.post(PAGE, {"risk": "never", "work": "never"}).status_code == status


def test_what_somebody_chooses_is_kept_for_them_alone(cast: Cast) -> None:
    client = cast.dee.client()
    assert client.post(PAGE, {"risk": "at_once", "work": "at_once"}).status_code == 302
    chosen = preferences.mail_of([cast.dee.membership.pk, cast.cole.membership.pk])
    assert chosen[cast.dee.membership.pk, NoticeKind.WORK] == Mail.AT_ONCE
    assert chosen[cast.cole.membership.pk, NoticeKind.WORK] == Mail.DIGEST
    assert 'value="at_once" ' in client.get(PAGE).content.decode()


def test_whoever_is_on_duty_reads_why_it_stays_on(cast: Cast) -> None:
    client = cast.cleo.client()
    assert "stays on while you are on duty" in client.get(PAGE).content.decode()
    answer = client.post(PAGE, {"risk": "never", "work": "never"})
    assert answer.status_code == 422
    assert "This stays on" in answer.content.decode()
    assert not NoticePreference.objects.exists()


@pytest.mark.parametrize("risk", ["", "digest", "garbage"])
def test_what_is_no_choice_is_refused(cast: Cast, risk: str) -> None:
    answer = cast.dee.client().post(PAGE, {"risk": risk, "work": "never"})
    assert answer.status_code == 422
    assert not NoticePreference.objects.exists()
