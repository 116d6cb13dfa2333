"""Work."""

from __future__ import annotations

from portal import clock
from portal.work import ladder, preferences
from portal.work import services as work
from portal.work.models import AlertRung, Mail, NoticeKind, WorkAudience, WorkItem
from tests.audit.acts.act import Acts, Stage, later

act = Acts()


@act
def raise_an_alert(on: Stage) -> None:
    on.alert = work.raise_alert(
        code="test", title="T", patient_id=on.ana_patient.pk, source=on.past, by=on.eve
    )


@act
def look_at_an_alert(on: Stage) -> None:
    work.open_item(item=on.alert, by=on.cole)


@act
def acknowledge_an_alert(on: Stage) -> None:
    on.alert = work.acknowledge(item=on.alert, by=on.cole)


@act
def pass_work_on(on: Stage) -> None:
    on.alert = work.reassign(item=on.alert, to=on.cast.cleo.membership, by=on.eve)


@act
def choose_what_is_mailed(on: Stage) -> None:
    preferences.choose(mail={NoticeKind.WORK: Mail.NEVER}, by=on.cole)


@act
def move_on_what_nobody_acknowledges(on: Stage) -> None:
    if not hasattr(on, "unseen"):
        on.unseen = work.raise_alert(
            code="unseen", title="T", patient_id=on.ana_patient.pk, source=on.past, by=on.eve
        )
        AlertRung.objects.filter(item=on.unseen).update(due_at=clock.now())
    ladder.climb(on.unseen.pk)


@act
def finish_work(on: Stage) -> None:
    item = WorkItem.objects.get(pk=on.alert.pk)
    on.alert = work.finish(item=item, by=on.cleo, outcome="spoke")


@act
def take_work_up_again(on: Stage) -> None:
    work.reopen(item=WorkItem.objects.get(pk=on.alert.pk), by=on.cleo)


@act
def raise_a_task(on: Stage) -> None:
    work.raise_task(
        code="test.task",
        title="Ring",
        audience=WorkAudience.FRONT_DESK,
        due_at=later(days=1),
        by=on.eve,
    )
