"""Reading alerts and tasks, as somebody."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from portal.access.permissions import Permission
from portal.access.roles import ROLE_PERMISSIONS, Role
from portal.access.viewer import Viewer
from portal.audit import sight
from portal.people.models import Patient
from portal.people.reach import memberships_in_reach
from portal.people.selectors import clinical_patients_for
from portal.practices.models import Membership, MembershipStatus
from portal.tenancy.errors import NotFound
from portal.work.models import WorkAudience, WorkItem, WorkKind, WorkState, WorkStep

_AUDIENCE_OF = {
    Role.CLINICIAN: WorkAudience.CLINICIANS,
    Role.FRONT_DESK: WorkAudience.FRONT_DESK,
    Role.MANAGER: WorkAudience.MANAGERS,
}


# Who has a place to find work in. Somebody else's items are nobody's.
HAS_WORK_LIST = frozenset(
    role for role, held in ROLE_PERMISSIONS.items() if Permission.WORK_SEE in held
)


def work_items_for(viewer: Viewer) -> QuerySet[WorkItem]:
    """What this person may see: theirs, those they cover, their role's, and their patients' alerts.

    Managers see every item, since its title holds no clinical word. Alerts first, then by due time.
    """
    items = WorkItem.objects.select_related("patient", "assigned_to", "acknowledged_by")
    if Role.MANAGER not in viewer.roles:
        items = items.filter(_reach(viewer))
    return items.order_by(_unacknowledged_first(), "due_at", "pk")


def open_work_for(viewer: Viewer) -> QuerySet[WorkItem]:
    """The unfinished ones."""
    return work_items_for(viewer).exclude(state=WorkState.DONE)


def work_waiting_on(viewer: Viewer) -> QuerySet[WorkItem]:
    """Unfinished and theirs to do: their own, of people they cover, or their role's."""
    return open_work_for(viewer).filter(_own(viewer))


def tasks_waiting_on(viewer: Viewer) -> QuerySet[WorkItem]:
    """What waits for this person besides the alerts that stand at the top of the page."""
    return work_waiting_on(viewer).exclude(kind=WorkKind.ALERT, state=WorkState.OPEN)


def finished_work_for(viewer: Viewer) -> QuerySet[WorkItem]:
    """What is done, the newest first."""
    done = work_items_for(viewer).filter(state=WorkState.DONE).select_related("done_by")
    return done.order_by("-done_at", "pk")


def open_work_about(viewer: Viewer, patient: Patient) -> QuerySet[WorkItem]:
    """The unfinished items about one patient that the viewer may see."""
    return open_work_for(viewer).filter(patient=patient)


def left_with(member: Membership) -> QuerySet[WorkItem]:
    """What a person who leaves still has on their list, for somebody who sees the whole staff."""
    return WorkItem.objects.unfinished().filter(assigned_to=member)


def work_item_for(viewer: Viewer, item_id: UUID) -> WorkItem:
    """One item. Raises NotFound."""
    item = work_items_for(viewer).filter(pk=item_id).first()
    if item is None:
        raise NotFound("No such item.")
    sight.handed(item.patient_id)
    return item


def unacknowledged_alerts_for(viewer: Viewer) -> QuerySet[WorkItem]:
    """Risks that nobody has acknowledged and that this person can see."""
    return work_items_for(viewer).filter(kind=WorkKind.ALERT, state=WorkState.OPEN)


def steps_of(item: WorkItem) -> QuerySet[WorkStep]:
    """The history of an item that the viewer has already been given."""
    return WorkStep.objects.filter(item=item).select_related("assigned_to").order_by("at", "pk")


def _own(viewer: Viewer) -> Q:
    """One's own, that of people one covers, and what is nobody's.

    Nobody's is what is unassigned, and what stands with somebody who has left or has no longer the
    role for it: an alert is for a clinician, or for the manager who finds one.
    """
    audiences = [_AUDIENCE_OF[role] for role in viewer.roles if role in _AUDIENCE_OF]
    nobodys = (
        Q(assigned_to=None)
        | Q(assigned_to__status=MembershipStatus.LEFT)
        | ~Q(assigned_to__roles__overlap=sorted(HAS_WORK_LIST))
        | Q(kind=WorkKind.ALERT) & ~Q(assigned_to__roles__overlap=[Role.CLINICIAN, Role.MANAGER])
    )
    return Q(assigned_to_id__in=memberships_in_reach(viewer)) | (
        nobodys & Q(audience__in=audiences)
    )


def _reach(viewer: Viewer) -> Q:
    reach = _own(viewer)
    if Role.CLINICIAN in viewer.roles:
        reach |= Q(kind=WorkKind.ALERT, patient__in=clinical_patients_for(viewer).order_by())
    return reach


def _unacknowledged_first() -> Case:
    return Case(
        When(kind=WorkKind.ALERT, state=WorkState.OPEN, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
