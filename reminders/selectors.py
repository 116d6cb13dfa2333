"""Reading reminders, as somebody; what the dispatcher asks is in `services.due`.

Front desk and managers see the whole ledger, clinicians their patients' rows. The words of a text
are not kept. What people write back is for the front desk, and for a clinician to whom it was
handed; managers read none of it.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import (
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.db.models.query import Prefetch

from portal import clock
from portal.access.once import known, once
from portal.access.permissions import Permission
from portal.access.roles import Role
from portal.access.viewer import Viewer
from portal.appointments.selectors import appointment_ids_with
from portal.appointments.wall_time import day_bounds
from portal.audit import sight
from portal.people.models import ContactPoint, ContactSystem, Patient
from portal.people.reach import memberships_in_reach
from portal.people.selectors import clinical_patients_for, patients_for
from portal.tenancy.errors import NotFound
from portal.work.models import WorkItem, WorkKind
from reminders.models import (
    DISTRESS,
    Attempt,
    Channel,
    InboundMessage,
    InboundState,
    LinkToken,
    PracticePhoneMessage,
    Reminder,
    ReminderPolicy,
    Subject,
    TestSend,
    handset_token,
    inbound_token,
)
from reminders.models.ledger import KEPT_BACK
from reminders.planner_again import AGAIN
from reminders.rules.states import State

SEES_WHOLE_LEDGER = frozenset({Role.FRONT_DESK, Role.MANAGER})


# --- The ledger -------------------------------------------------------------------------------


def reminders_for(viewer: Viewer) -> QuerySet[Reminder]:
    """The rows this person may see, the newest first, with patient and policy; nothing of words."""
    rows = (
        Reminder.objects.filter(patient__isnull=False)
        .select_related("patient", "policy", "contact_point")
        .order_by("-due_at", "pk")
    )
    if viewer.roles & SEES_WHOLE_LEDGER:
        return rows
    if viewer.can(Permission.REMINDER_SEE):
        return rows.filter(patient__in=patients_for(viewer).order_by())
    return rows.none()


def sees_texts_of(viewer: Viewer, patient_id: UUID) -> bool:
    """Whether this person may see what is sent to that patient."""
    if not viewer.can(Permission.REMINDER_SEE):
        return False
    whole = bool(viewer.roles & SEES_WHOLE_LEDGER)
    return whole or patients_for(viewer).filter(pk=patient_id).exists()


def about_visit(viewer: Viewer, appointment_id: UUID) -> QuerySet[Reminder]:
    """The texts about one visit, the newest first."""
    return reminders_for(viewer).filter(subject_type=Subject.APPOINTMENT, subject_id=appointment_id)


def reminder_for(viewer: Viewer, reminder_id: UUID) -> Reminder:
    """One row. Raises NotFound."""
    row = with_tries(reminders_for(viewer)).filter(pk=reminder_id).first()
    if row is None:
        raise NotFound("No such reminder.")
    sight.handed(row.patient_id)
    return row


def still_to_go(viewer: Viewer, *, day: dt.date, zone: str) -> QuerySet[Reminder]:
    """The rows of a local day that wait, and those that will not go, the earliest first.

    What has left, is leaving, or has missed its moment today, is in the ledger.
    """
    begins, ends = day_bounds(day, zone)
    states = frozenset({State.PLANNED, State.SUPPRESSED, State.EXPIRED})
    rows = in_states(reminders_for(viewer), states)
    ahead = Q(state=State.PLANNED) | Q(due_at__gte=clock.now())
    return rows.filter(ahead, due_at__gte=begins, due_at__lt=ends).order_by("due_at", "pk")


def with_tries(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """The same rows with `tries` and their `events` loaded: two more queries."""
    tries = Attempt.objects.order_by("number", "created_at").prefetch_related("events")
    return rows.prefetch_related(Prefetch("tries", queryset=tries))


def reminders_of_patient(viewer: Viewer, patient: Patient) -> QuerySet[Reminder]:
    """One patient's rows, for a viewer who has opened the patient."""
    return reminders_for(viewer).filter(patient=patient)


def in_states(rows: QuerySet[Reminder], states: frozenset[State]) -> QuerySet[Reminder]:
    """Only rows in these states."""
    return rows.filter(state__in=sorted(state.value for state in states))


def sent_again(viewer: Viewer, row: Reminder) -> QuerySet[Reminder]:
    """What went out in place of a text that could not, once there was a number: the last such."""
    rows = about_visit(viewer, row.subject_id).filter(
        recipient_id=row.recipient_id, policy_step=row.policy_step + AGAIN, channel=row.channel
    )
    return rows.order_by("-wanted_at", "-subject_version")[:1]


def shown_as(rows: QuerySet[Reminder], states: frozenset[State]) -> QuerySet[Reminder]:
    """Only rows that the ledger shows as in these states.

    What was wanted and kept back counts with what could not be sent, not with what nobody needed.
    """
    held = Q(state=State.SUPPRESSED, reason__in=sorted(KEPT_BACK))
    found = Q(state__in=sorted(state.value for state in states - {State.SUPPRESSED}))
    if State.FAILED in states:
        found |= held
    if State.SUPPRESSED in states:
        found |= Q(state=State.SUPPRESSED) & ~held
    return rows.filter(found)


def about_visits_with(rows: QuerySet[Reminder], clinician_id: UUID) -> QuerySet[Reminder]:
    """Only the rows about a visit with this clinician."""
    visits = appointment_ids_with(clinician_id)
    return rows.filter(subject_type=Subject.APPOINTMENT, subject_id__in=visits)


def policies_in_force() -> QuerySet[ReminderPolicy]:
    """What the practice wants sent, the longest before first."""
    return (
        ReminderPolicy.objects.filter(retired_at=None)
        .select_related("appointment_type")
        .order_by("appointment_type__name", "kind", "-offset", "pk")
    )


def policy_named(policy_id: UUID) -> ReminderPolicy:
    """One of them, with its type and its words in other languages. Raises NotFound."""
    rows = policies_in_force().prefetch_related("wordings")
    policy = rows.filter(pk=policy_id).first()
    if policy is None:
        raise NotFound("No such policy.")
    return policy


def retired_policy_named(policy_id: UUID) -> ReminderPolicy:
    """One that is not sent any more. Raises NotFound."""
    policy = ReminderPolicy.objects.filter(pk=policy_id).exclude(retired_at=None).first()
    if policy is None:
        raise NotFound("No such policy.")
    return policy


def tests_of(viewer: Viewer) -> QuerySet[Reminder]:
    """What this person sent to themselves, the newest first."""
    return Reminder.objects.filter(
        recipient_id=viewer.membership_id, subject_type=Subject.TEST
    ).order_by("-created_at", "pk")


def last_test_number(viewer: Viewer) -> str:
    """The number to which this person sent their last test, or nothing."""
    last = (
        TestSend.objects.filter(member_id=viewer.membership_id, channel=Channel.SMS)
        .order_by("-created_at")
        .first()
    )
    return last.address if last is not None else ""


# --- What people wrote back -------------------------------------------------------------------


def inbound_for(viewer: Viewer) -> QuerySet[InboundMessage]:
    """The messages this person may read, the newest first.

    Front desk: all. Clinicians: those handed to them, alarming ones of their patients, and those
    about which they have an alert: whoever shares a phone may have written.
    """
    rows = InboundMessage.objects.select_related("patient", "handed_to", "done_by").order_by(
        "-received_at", "pk"
    )
    if not viewer.can(Permission.INBOUND_READ):
        return rows.none()
    if Role.FRONT_DESK in viewer.roles:
        return rows
    own, patients = memberships_in_reach(viewer), clinical_patients_for(viewer).order_by()
    alerts = WorkItem.objects.filter(
        Q(patient__in=patients) | Q(assigned_to_id__in=own), code=DISTRESS, kind=WorkKind.ALERT
    )
    reach = Q(handed_to_id__in=own) | Q(distress=True, patient__in=patients)
    reach |= Q(distress=True, pk__in=alerts.values("source_id"))
    if viewer.can(Permission.ALERT_ACKNOWLEDGE):
        # Nobody's patient: whoever is on duty must be able to read it.
        reach |= Q(distress=True, patient=None)
    return rows.filter(reach)


def inbound_waiting_for(viewer: Viewer) -> QuerySet[InboundMessage]:
    """Those about which somebody still has to do something."""
    waiting = [InboundState.WAITING, InboundState.HANDED]
    return inbound_for(viewer).filter(state__in=waiting)


def count_of_waiting(viewer: Viewer) -> int:
    """How many those are; a page that only reads counts them once."""
    return once(lambda: inbound_waiting_for(viewer).count(), "replies", viewer.membership_id)


def waiting_at_hand(viewer: Viewer) -> int | None:
    """The same, where the page has counted already."""
    found: int | None = known("replies", viewer.membership_id)
    return found


def inbound_message_for(viewer: Viewer, message_id: UUID) -> InboundMessage:
    """One message. Raises NotFound."""
    row = inbound_for(viewer).filter(pk=message_id).first()
    if row is None:
        raise NotFound("No such message.")
    sight.handed(row.patient_id)
    return row


# --- Background work inside one practice ------------------------------------------------------


def last_text_about_a_visit(patient_ids: list[UUID]) -> Reminder | None:
    """The reminder of a visit that left last for any of these patients: what a reply answers.

    Texts only: what was said by mail meanwhile is not what somebody answers by text. Of what is
    still on its way, the moment at which it was handed out counts.
    """
    handed_out = Attempt.objects.filter(pk=OuterRef("current_attempt")).values("created_at")
    left = [State.SENT, State.DELIVERED, State.UNDELIVERED, State.SENDING, State.AMBIGUOUS]
    return (
        Reminder.objects.filter(
            patient_id__in=patient_ids,
            subject_type=Subject.APPOINTMENT,
            channel=Channel.SMS,
            state__in=[state.value for state in left],
            contact_point__isnull=False,
        )
        .annotate(left_at=Coalesce("sent_at", Subquery(handed_out), "due_at"))
        .order_by("-left_at", "-due_at", "-pk")
        .first()
    )


def replies_since(patient_id: UUID, moment: dt.datetime) -> int:
    """How many automatic answers were made for this patient since then."""
    return Reminder.objects.filter(
        patient_id=patient_id, subject_type=Subject.INBOUND, created_at__gte=moment
    ).count()


def was_answered_alike(
    patient_id: UUID, step: str, visit_id: UUID | None, *, since: dt.datetime
) -> bool:
    """Whether this answer was made for this patient, about this visit or about none, since then."""
    alike = Reminder.objects.filter(
        patient_id=patient_id,
        subject_type=Subject.INBOUND,
        policy_step=f"reply:{step}",
        created_at__gte=since,
    )
    about = InboundMessage.objects.filter(pk__in=alike.values("subject_id"))
    if visit_id is None:
        return about.filter(reminder=None).exists()
    return about.filter(reminder__subject_id=visit_id).exists()


def link_by_hash(token_hash: str) -> LinkToken | None:
    """The link of that hash, with what its page shows."""
    return (
        LinkToken.objects.filter(token_hash=token_hash)
        .select_related(
            "appointment", "appointment__patient", "appointment__clinician", "appointment__type"
        )
        .first()
    )


def visit_of_reply(message_id: UUID) -> UUID | None:
    """The visit that a message answers, for a link to its page."""
    rows = InboundMessage.objects.filter(pk=message_id, reminder__subject_type=Subject.APPOINTMENT)
    return rows.values_list("reminder__subject_id", flat=True).first()


def visit_of_link(link_id: UUID) -> UUID | None:
    """The visit behind a link."""
    return LinkToken.objects.filter(pk=link_id).values_list("appointment_id", flat=True).first()


def phone_messages(number: str) -> QuerySet[PracticePhoneMessage]:
    """What stands on the practice phone's handset of that number, the oldest first."""
    return PracticePhoneMessage.objects.filter(number_token=handset_token(number)).order_by(
        "at", "pk"
    )


def numbers_with_messages() -> dict[bytes, int]:
    """Tokens of numbers with anything on their handset, and how much."""
    counts = PracticePhoneMessage.objects.values("number_token").annotate(count=Count("pk"))
    return {bytes(row["number_token"]): row["count"] for row in counts if row["number_token"]}


# --- The practice phone (demo) --------------------------------------------------------------------


def phones() -> QuerySet[ContactPoint]:
    """Every live mobile number of the practice with its owner, by name."""
    return (
        ContactPoint.objects.filter(system=ContactSystem.SMS, ended_at=None)
        .select_related("patient")
        .order_by("patient__given_name", "patient__family_name", "pk")
    )


def phone(point_id: UUID) -> ContactPoint:
    """One of them. Raises NotFound."""
    point = phones().filter(pk=point_id).first()
    if point is None:
        raise NotFound("No such phone.")
    return point


def did_for_number(
    point: ContactPoint, *, limit: int
) -> tuple[list[Reminder], list[InboundMessage]]:
    """The newest rows and replies of a number's owner."""
    rows = Reminder.objects.filter(patient_id=point.patient_id).select_related("policy", "patient")
    replies = InboundMessage.objects.filter(number_token=inbound_token(point.value))
    return (
        list(rows.order_by("-due_at", "pk")[:limit]),
        list(replies.order_by("-received_at", "pk")[:limit]),
    )
