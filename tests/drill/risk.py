"""T-RISK-01, -03 and -04: nobody's risk is lost, whoever dies, and somebody looks in time."""

from __future__ import annotations

import collections
import datetime as dt
import json
import random
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from intake.instruments import shipped_questionnaire
from intake.models import Assignment, Flag
from intake.services import assignments, questionnaires
from intake.services.alerts import LEFT_AFTER
from portal import clock
from portal.access.roles import Role
from portal.people import services as people
from portal.people.accounts import make_account
from portal.people.models import CareRole
from portal.practices import services as practices
from portal.practices.models import Membership
from portal.practices.selectors import practice_named, viewer_for
from portal.tenancy.context import practice_scope
from portal.work import services as work
from portal.work.models import AlertRung, Rung, RungState, WorkItem, WorkKind, WorkStep
from tests.drill import patients
from tests.drill.drill import Drill
from tests.drill.outages import restart
from tests.drill.patients import KINDS, LEFT, LEFT_OUT, SENT, Filling
from tests.drill.scene import BY, NOON, Scene

_IN_TIME = dt.timedelta(seconds=60)
_WRITERS = 2
_LONGEST_DELAY = 0.1
"""Seconds: about what a form takes, so that a kill comes at any place of it."""


def build(database: str, size: int) -> tuple[Scene, list[Filling]]:
    """So many patients with an account and a PHQ-9 to fill in, led by Cole and Cleo in turn."""
    from tests.environment import databases

    chance, fillings = random.Random(5), []
    with databases.everything_uses(database):
        clock.move_to(NOON)
        practice = practice_named("alder")
        with practice_scope(practice.pk):
            [brought] = questionnaires.import_questionnaire(
                content=shipped_questionnaire("phq-9"), publish=True, by=BY
            )
            leads = list(Membership.objects.filter(user__username__in=["cole", "cleo"]))
        for number in range(size):
            with practice_scope(practice.pk):
                member, assignment = _patient(number, leads[number % 2], brought.version)
                kind = KINDS[number % len(KINDS)]
                fillings.append(Filling(str(assignment.pk), str(member.pk), kind))
    clock.forget()
    chance.shuffle(fillings)
    return Scene(practice.pk, (), database), fillings


def _patient(number: int, lead: Membership, version: Any) -> tuple[Membership, Assignment]:
    patient = people.add_patient(
        given_name=f"Pat{number}",
        family_name="Risk",
        birth_date=dt.date(1990, 5, 17),
        opened_on=dt.date(2026, 1, 5),
        by=BY,
    )
    people.join_care_team(patient=patient, membership=lead, role=CareRole.LEAD, by=BY)
    member = practices.add_member(
        user=make_account(username=f"risk-{number}", email="", password=None),
        roles={Role.PATIENT},
        display_name=patient.display_name,
        patient_id=patient.pk,
        by=BY,
    )
    practices.note_privacy_seen(membership=member, version=settings.PRIVACY_VERSION, by=BY)
    return member, assignments.assign(patient=patient, version=version, by=viewer_for(lead))


def risks(drill: Drill, scene: Scene, fillings: list[Filling], *, kills: int) -> None:
    """Everybody answers while their processes die; then nobody acknowledges most alerts."""
    size = len(fillings)
    drill.say(f"T-RISK-01, -03, -04: {size} forms with a risk, at least {kills} kills")
    drill.place.set_stage(scene.database)
    drill.move_to(NOON)
    writers = _Writers(drill, scene, fillings, kills)
    done = writers.until_all_were_told(seconds=max(240, size / 4))
    drill.kills += writers.kills
    _judge_flags(drill, scene, fillings, writers, done=done)
    _left(drill, scene, fillings)
    if done:
        _climb(drill, scene)


@dataclass
class _Life:
    """One process of those who fill forms in: it dies a moment after so many have been thanked."""

    pid: int
    until: int
    delay: float
    dies: float | None = None

    def is_over(self, script: Path) -> bool:
        """Whether its moment has come."""
        if self.dies is None and len(patients.finished(script)) >= self.until:
            self.dies = time.monotonic() + self.delay
        return self.dies is not None and time.monotonic() >= self.dies


@dataclass
class _Writers:
    """Processes in which people fill forms in, killed again and again; the database goes once."""

    drill: Drill
    scene: Scene
    fillings: list[Filling]
    wanted: int
    kills: int = 0
    restarts: int = 0
    scripts: list[Path] = field(default_factory=list)

    def until_all_were_told(self, *, seconds: float) -> bool:
        """Start each again until everybody has been thanked. False if time ran out."""
        nursery, chance = self.drill.nursery, random.Random(self.drill.seed)
        for number in range(_WRITERS):
            self.scripts.append(self._write(number))
        running: dict[Path, _Life] = {}
        open_scripts, deadline = list(self.scripts), time.monotonic() + seconds
        # By what was done, not by the clock: a quick machine must not end before it was killed.
        furthest = max(1, len(self.fillings) // (self.wanted + _WRITERS))
        try:
            while open_scripts and time.monotonic() < deadline:
                for script in list(open_scripts):
                    life = running.get(script)
                    if life is None:
                        pid = nursery.start("patients", str(script))
                        until = len(patients.finished(script)) + chance.randint(1, furthest)
                        running[script] = _Life(pid, until, chance.uniform(0, _LONGEST_DELAY))
                    elif nursery.ended(life.pid):
                        del running[script]
                        if self._all_told(script):
                            open_scripts.remove(script)
                    elif self.kills < 2 * self.wanted and life.is_over(script):
                        nursery.end(life.pid, signal.SIGKILL)
                        self.kills += 1
                        del running[script]
                if self.kills >= self.wanted // 2 and not self.restarts:
                    self.restarts += 1
                    restart(self.drill, crash=True)
                time.sleep(0.005)
            return not open_scripts
        finally:
            for life in running.values():
                nursery.end(life.pid, signal.SIGKILL)

    def _write(self, number: int) -> Path:
        script = self.drill.place.home.run / f"patients-{number}.json"
        patients.answers_file(script).unlink(missing_ok=True)
        mine = [asdict(filling) for filling in self.fillings[number::_WRITERS]]
        script.write_text(json.dumps({"practice": str(self.scene.practice), "fillings": mine}))
        return script

    def _all_told(self, script: Path) -> bool:
        wanted = json.loads(script.read_text())["fillings"]
        return {each["assignment"] for each in wanted} <= patients.finished(script)


def _judge_flags(
    drill: Drill, scene: Scene, fillings: list[Filling], writers: _Writers, *, done: bool
) -> None:
    told = set().union(*(patients.told_so_far(script) for script in writers.scripts))
    with scene.inside():
        flags: dict[str, list[Any]] = collections.defaultdict(list)
        for key, link, item, raised in Flag.objects.values_list(
            "assignment_id", "link_id", "work_item_id", "work_item__raised_at"
        ):
            flags[str(key)].append((link, item, raised))
        submitted = {
            str(key): at for key, at in Assignment.objects.values_list("pk", "submitted_at")
        }
        alerts = WorkItem.objects.filter(kind=WorkKind.ALERT)
        alert_count, sources = alerts.count(), alerts.values("source_id", "code").distinct().count()
    without_flag = [key for key, _ in told if not any(link == "q9" for link, _, _ in flags[key])]
    without_alert = [
        key for key, word in told if word == SENT and not any(item for _, item, _ in flags[key])
    ]
    waits = sorted(
        (raised - submitted[key]).total_seconds()
        for key, each in flags.items()
        for _, _, raised in each
        if raised is not None and submitted[key] is not None
    )
    p95 = waits[int(len(waits) * 0.95)] if waits else float("inf")
    drill.note(
        "T-RISK-01",
        f"{len(fillings)} forms, kills, double posts: 0 without flag or alert",
        f"{len(without_flag)} without flag, {len(without_alert)} without alert, p95 {p95:.0f} s",
        not without_flag + without_alert
        and p95 <= _IN_TIME.total_seconds()
        and alert_count == sources >= sum(each.kind != LEFT for each in fillings)
        and writers.kills >= writers.wanted,
        f"{writers.kills} kills of those who save, {writers.restarts} crash of the database, "
        f"{alert_count} alerts, {alert_count - sources} raised twice",
        done=done,
    )
    empty = [each.assignment for each in fillings if each.kind in (LEFT_OUT, patients.ONLY)]
    missed = [key for key in empty if not flags[key]]
    drill.note(
        "T-RISK-04",
        "item 9 alone, or left out: still flagged",
        f"{len(missed)} of {len(empty)} missed",
        not missed and bool(empty),
    )


def _left(drill: Drill, scene: Scene, fillings: list[Filling]) -> None:
    """Ten minutes after the last answer of a form that was begun and left."""
    drill.move_to(clock.now() + LEFT_AFTER + dt.timedelta(seconds=1))
    storm = drill.storm(seed=12, calls_between=1, at_most=0.2)
    storm.blow(lambda: not _forms_due(scene), seconds=20, kills=6)
    while _forms_due(scene):
        drill.once()
    drill.kills += storm.kills
    left = [each.assignment for each in fillings if each.kind == LEFT]
    with scene.inside():
        told = {
            str(key)
            for key in Flag.objects.exclude(work_item=None).values_list("assignment_id", flat=True)
        }
        alerts = WorkItem.objects.filter(source_id__in=left).count()
    missed = set(left) - told
    drill.note(
        "T-RISK-01",
        "forms begun and left: an alert 10 min after the last answer",
        f"{len(missed)} of {len(left)} missed, {alerts - len(left) + len(missed)} raised twice",
        not missed and alerts == len(left) > 0,
        f"{storm.kills} kills of the dispatcher meanwhile",
    )


def _forms_due(scene: Scene) -> int:
    with scene.inside():
        return Flag.objects.filter(due_at__lte=clock.now()).count()


def _climb(drill: Drill, scene: Scene) -> None:
    """T-RISK-03: a fifth is acknowledged; the rest moves on at 15 and at 30 minutes."""
    with scene.inside():
        cleo = viewer_for(Membership.objects.get(user__username="cleo"))
        items = list(WorkItem.objects.filter(kind=WorkKind.ALERT).order_by("pk"))
        for item in items[::5]:
            work.acknowledge(item=item, by=cleo)
        last = max(item.raised_at for item in items)
    waiting = {item.pk for index, item in enumerate(items) if index % 5}
    storm = drill.storm(seed=13, calls_between=1, at_most=0.2)
    slowest = dt.timedelta()
    for minutes in (15, 30):
        drill.move_to(last + dt.timedelta(minutes=minutes, seconds=1))
        storm.blow(lambda: not _due(scene), seconds=20, kills=6)
        while _due(scene):
            drill.once()
        slowest = max(slowest, _slowest(scene))
    drill.kills += storm.kills
    with scene.inside():
        climbed = collections.Counter(
            AlertRung.objects.filter(state=RungState.CLIMBED).values_list("item_id", "rung")
        )
        steps = WorkStep.objects.filter(verb__in=["moved on", "managers told"]).count()
    wanted = {(item, rung.value) for item in waiting for rung in (Rung.NEXT, Rung.MANAGERS)}
    missed, extra = wanted - climbed.keys(), climbed.keys() - wanted
    drill.note(
        "T-RISK-03",
        "not acknowledged: next person at 15 min, managers at 30: 100 %",
        f"{len(wanted) - len(missed)} of {len(wanted)} steps, {len(extra)} too many",
        not missed and not extra and steps == len(wanted) and slowest <= _IN_TIME,
        f"{storm.kills} kills of the dispatcher meanwhile; at most {slowest.seconds} s after "
        "the clock said so",
    )


def _due(scene: Scene) -> int:
    with scene.inside():
        return AlertRung.objects.filter(state=RungState.WAITING, due_at__lte=clock.now()).count()


def _slowest(scene: Scene) -> dt.timedelta:
    """How long after the last move of the clock the last step was taken."""
    with scene.inside():
        taken = AlertRung.objects.filter(state=RungState.CLIMBED).latest("settled_at")
    return (taken.settled_at or taken.due_at) - taken.due_at


__all__ = ["build", "risks"]
