"""Appointments, their types, their history, and when clinicians can be booked."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.encryption.fields import EncryptedJSONField, EncryptedTextField
from portal.people.models import EpisodeOfCare, Patient
from portal.practices.models import Membership
from portal.tenancy.models import PracticeForeignKey, PracticeManager, PracticeOwned


class AppointmentType(PracticeOwned):
    """A kind of meeting that can be booked; `discreet_title` is what a calendar entry says."""

    name = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField(default=50)
    discreet_title = models.CharField(max_length=80, default="Appointment")
    is_video = models.BooleanField(default=False)
    video_url = models.URLField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "name"], name="type_name_once"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=5, minutes__lte=480), name="type_minutes_sensible"
            ),
        ]


class Location(PracticeOwned):
    """A place of the practice where meetings take place; `directions` are for the patient."""

    name = models.CharField(max_length=80)
    address = models.TextField(max_length=300, blank=True)
    directions = models.TextField(max_length=600, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "name"], name="location_name_once"),
        ]

    @property
    def in_one_line(self) -> str:
        """Name and address, as a calendar entry or a booking list says it; not the name twice where
        the address begins with it.
        """
        lines = [line.strip() for line in self.address.splitlines() if line.strip()]
        address = ", ".join(lines)
        if f"{address},".casefold().startswith(f"{self.name.strip()},".casefold()):
            return address
        return ", ".join([self.name, *lines])


class Availability(PracticeOwned):
    """Hours in a week in which a clinician can be booked; local to the practice."""

    clinician: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.CASCADE, related_name="availabilities"
    )
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        verbose_name_plural = "availabilities"
        indexes = [models.Index(fields=["practice_id", "clinician", "weekday"], name="available")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="availability_ends_later"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6), name="availability_weekday_known"
            ),
        ]


class TimeOff(PracticeOwned):
    """A time in which a clinician cannot be booked, whatever their week says: [starts, ends)."""

    clinician: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.CASCADE, related_name="times_off"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = EncryptedTextField(blank=True)  # why somebody is away may be their own affair

    class Meta:
        verbose_name_plural = "times off"
        indexes = [models.Index(fields=["practice_id", "clinician", "ends_at"], name="time_off_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="time_off_ends_later"
            ),
        ]


class Status(models.TextChoices):
    """Where an appointment stands. Codes follow the practice's import list."""

    BOOKED = "booked", _("Booked")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    ATTENDED = "attended", _("Attended")
    ATTENDED_LATE = "attended_late", _("Came late, was seen")
    LATE_NOT_SEEN = "late_not_seen", _("Came too late to be seen")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED_BY_PATIENT = "cancelled_by_patient", _("Cancelled by the patient")
    CANCELLED_BY_PRACTICE = "cancelled_by_practice", _("Cancelled by the practice")


STANDING = frozenset({Status.BOOKED, Status.CONFIRMED, Status.ARRIVED})
CANCELLED = frozenset({Status.CANCELLED_BY_PATIENT, Status.CANCELLED_BY_PRACTICE})
OUTCOMES = frozenset({Status.ATTENDED, Status.ATTENDED_LATE, Status.LATE_NOT_SEEN, Status.NO_SHOW})


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def standing(self) -> AppointmentQuerySet:
        return self.filter(status__in=STANDING)

    def not_cancelled(self) -> AppointmentQuerySet:
        return self.exclude(status__in=CANCELLED)


class AppointmentSeries(PracticeOwned):
    """Meetings that were booked together: the same hour of the wall every so many weeks."""

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.PROTECT, related_name="+"
    )
    every_weeks = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "appointment series"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every_weeks__gte=1, every_weeks__lte=8),
                name="series_weeks_sensible",
            ),
        ]


class Appointment(PracticeOwned):
    """A meeting of a patient with a clinician (FHIR Appointment).

    `local_start` is the wall-clock time that was agreed, `time_zone` the zone of that wall;
    `starts_at` and `ends_at` are the instants. `version` grows with every change of time, place,
    person or status.
    """

    patient: models.ForeignKey[Patient, Patient] = PracticeForeignKey(
        Patient, models.PROTECT, related_name="appointments"
    )
    clinician: models.ForeignKey[Membership, Membership] = PracticeForeignKey(
        Membership, models.PROTECT, related_name="appointments"
    )
    type: models.ForeignKey[AppointmentType, AppointmentType] = PracticeForeignKey(
        AppointmentType, models.PROTECT, related_name="appointments"
    )
    episode: models.ForeignKey[EpisodeOfCare | None, EpisodeOfCare | None] = PracticeForeignKey(
        EpisodeOfCare, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    series: models.ForeignKey[AppointmentSeries | None, AppointmentSeries | None] = (
        PracticeForeignKey(
            AppointmentSeries, models.PROTECT, null=True, blank=True, related_name="appointments"
        )
    )
    local_start = models.CharField(max_length=16)  # YYYY-MM-DDTHH:MM, no zone on purpose
    time_zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place: models.ForeignKey[Location | None, Location | None] = PracticeForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="+"
    )
    location = models.CharField(max_length=160, blank=True)  # the room, or a place in free words
    video_url = models.URLField(max_length=300, blank=True)
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.BOOKED)
    status_at = models.DateTimeField()
    cancel_reason = EncryptedTextField(patient="patient_id", blank=True)
    version = models.PositiveIntegerField(default=1)
    external_id = models.CharField(max_length=80, blank=True)
    external_seen = models.JSONField(default=dict, blank=True)
    """What the record system said last: a digest of each part (`importing.planning`)."""
    created_at = models.DateTimeField()

    objects = PracticeManager.from_queryset(AppointmentQuerySet)()  # type: ignore[misc]  # narrower

    class Meta:
        indexes = [
            models.Index(fields=["practice_id", "starts_at"], name="appointment_by_start"),
            models.Index(fields=["practice_id", "patient", "starts_at"], name="appointment_of"),
            models.Index(
                fields=["practice_id", "series"],
                name="appointment_in_series",
                condition=models.Q(series__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="appointment_ends_after_start",
            ),
            ExclusionConstraint(
                name="appointment_clinician_once",
                expressions=[
                    ("practice_id", RangeOperators.EQUAL),
                    ("clinician", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "starts_at",
                            "ends_at",
                            RangeBoundary(),
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~models.Q(status__in=sorted(CANCELLED)),
                # Checked at each statement; an import lets two appointments change places.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(
                fields=["practice_id", "external_id"],
                name="appointment_external_once",
                condition=~models.Q(external_id=""),
            ),
        ]

    @property
    def is_standing(self) -> bool:
        return self.status in STANDING

    @property
    def video_link(self) -> str:
        """The meeting's own link, or that of its type; empty where it is not by video."""
        return self.video_url or (self.type.video_url if self.type.is_video else "")

    @property
    def where(self) -> str:
        """Room, place and address in one line; empty where nothing is written."""
        place = self.place.in_one_line if self.place else ""
        return ", ".join(part for part in (self.location, place) if part)

    @property
    def where_in_short(self) -> str:
        """Room and the place's name, for a line in a list of staff."""
        place = self.place.name if self.place else ""
        return ", ".join(part for part in (self.location, place) if part)

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label)


class AppointmentStatus(PracticeOwned):
    """One step in an appointment's history: what, when, by whom, at which time of meeting."""

    appointment: models.ForeignKey[Appointment, Appointment] = PracticeForeignKey(
        Appointment, models.CASCADE, related_name="history"
    )
    status = models.CharField(max_length=24, choices=Status.choices)
    at = models.DateTimeField()
    by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    moved = models.BooleanField(default=False)
    reason = EncryptedTextField(patient="appointment.patient_id", blank=True)

    class Meta:
        verbose_name_plural = "appointment statuses"
        indexes = [models.Index(fields=["practice_id", "appointment", "at"], name="status_history")]


class ImportState(models.TextChoices):
    """Where a file stands; those that wait for the worker are CHECKING and WRITING."""

    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Cannot be used")
    WRITING = "writing", _("Being brought in")
    DONE = "done", _("Brought in")


class AppointmentImport(PracticeOwned):
    """A record system's file between its preview and its end.

    `content` is emptied when it is brought in, and the row goes after a day when it is not.
    `report` is what `importing.runs` shows: problems, notes and, until it is brought in, some rows.
    """

    state = models.CharField(
        max_length=8, choices=ImportState.choices, default=ImportState.CHECKING
    )
    content = EncryptedTextField(blank=True)
    report = EncryptedJSONField(default=dict)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by: models.ForeignKey[Membership | None, Membership | None] = PracticeForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["practice_id", "created_at"], name="import_by_time")]
