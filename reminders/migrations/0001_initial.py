import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.context
import portal.tenancy.models
from portal.tenancy import policies


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("appointments", "0001_initial"),
        ("people", "0002_care"),
        ("practices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DispatcherBeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PracticePhoneMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("is_reply", models.BooleanField(default=False)),
                ("body", models.TextField(max_length=1600)),
                ("attempt_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["practice_id", "number", "at"], name="phone_inbox")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("attempt_id__isnull", False)),
                        fields=("practice_id", "attempt_id"),
                        name="phone_message_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("recipient_id", models.UUIDField(editable=False)),
                (
                    "subject_type",
                    models.CharField(
                        choices=[("appointment", "Appointment"), ("inbound", "Answer to a text")],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField(editable=False)),
                ("subject_version", models.PositiveIntegerField(default=1)),
                ("policy_step", models.CharField(max_length=40)),
                (
                    "channel",
                    models.CharField(choices=[("sms", "Text")], default="sms", max_length=8),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("undelivered", "Not delivered"),
                            ("failed", "Not sent"),
                            ("ambiguous", "Being checked"),
                            ("suppressed", "Not needed"),
                            ("expired", "Too late"),
                        ],
                        default="planned",
                        max_length=12,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("moved", "the appointment was moved"),
                            ("cancelled", "the appointment was cancelled"),
                            ("begun", "the appointment has begun or is over"),
                            ("confirmed", "the patient had confirmed already"),
                            ("overtaken", "a later text says the same"),
                            ("gone", "what it was about no longer exists"),
                            ("no_number", "there is no number for texts"),
                            ("no_consent", "there is no consent for texts"),
                            ("stopped", "the patient asked for no texts"),
                            ("bad_number", "the number cannot receive texts"),
                            ("paused", "everything automatic is paused for this patient"),
                            ("ended", "the person is no longer a patient here"),
                            ("texts_off", "the practice sends no texts"),
                            ("too_late", "its time had passed"),
                            ("quiet", "there was no decent hour left before the visit"),
                            ("filtered", "the phone network blocked it"),
                            ("network", "the phone network could not deliver it"),
                            ("unknown_code", "the provider refused it"),
                            ("doubt", "nobody can say whether it was sent"),
                        ],
                        max_length=16,
                    ),
                ),
                ("wanted_at", models.DateTimeField()),
                (
                    "moved",
                    models.CharField(
                        choices=[
                            ("not", "not"),
                            ("earlier", "earlier"),
                            ("later", "later"),
                            ("late", "late"),
                            ("dropped", "dropped"),
                        ],
                        default="not",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("current_attempt", models.UUIDField(blank=True, editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("waits", models.PositiveSmallIntegerField(default=0)),
                ("possible_double", models.BooleanField(default=False)),
                ("segments", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "contact_point",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.contactpoint",
                    ),
                ),
                (
                    "patient",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="people.patient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("transport", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "on its way"),
                            ("accepted", "taken by the provider"),
                            ("refused", "refused by the provider"),
                            ("unsent", "could not be handed over yet"),
                            ("doubt", "no clear answer"),
                            ("lost", "not found at the provider"),
                            ("delivered", "delivered"),
                            ("undelivered", "not delivered"),
                            ("failed", "not sent on by the provider"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("provider_sid", models.CharField(blank=True, max_length=64)),
                ("error_code", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "receipt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "accepted"),
                            ("scheduled", "scheduled"),
                            ("queued", "queued"),
                            ("sending", "sending"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("read", "read"),
                            ("undelivered", "undelivered"),
                            ("failed", "failed"),
                            ("canceled", "canceled"),
                        ],
                        max_length=12,
                    ),
                ),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "contact_point",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.contactpoint",
                    ),
                ),
                (
                    "reminder",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="reminders.reminder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReminderPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("days_before", "Days before"), ("hours_before", "Hours before")],
                        max_length=16,
                    ),
                ),
                ("offset", models.PositiveSmallIntegerField()),
                ("at", models.TimeField(blank=True, null=True)),
                (
                    "channel",
                    models.CharField(choices=[("sms", "Text")], default="sms", max_length=8),
                ),
                ("template", models.TextField(max_length=600)),
                ("discreet_template", models.TextField(max_length=600)),
                ("discreet", models.BooleanField(default=False)),
                ("skip_when_confirmed", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appointment_type",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.appointmenttype",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reminder policies",
            },
        ),
        migrations.AddField(
            model_name="reminder",
            name="policy",
            field=portal.tenancy.models.PracticeForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="reminders.reminderpolicy",
            ),
        ),
        migrations.CreateModel(
            name="ChannelStop",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("sms", "Text")], default="sms", max_length=8),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("our_fault", "The provider does not accept our account or sender"),
                            ("filtered", "Phone networks are blocking our texts"),
                        ],
                        max_length=12,
                    ),
                ),
                ("error_code", models.PositiveIntegerField(blank=True, null=True)),
                ("stopped_at", models.DateTimeField()),
                ("resumed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resumed_by",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practices.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resumed_at", None)),
                        fields=("practice_id", "channel"),
                        name="channel_stopped_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resumed_at", None), ("resumed_by", None)),
                            models.Q(("resumed_at__isnull", False), ("resumed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="channel_resumed_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("provider_sid", models.CharField(max_length=64)),
                ("status", models.CharField(max_length=32)),
                ("error_code", models.PositiveIntegerField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "attempt",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="reminders.attempt",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice_id", "provider_sid", "status", "error_code"),
                        name="delivery_event_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkToken",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("token_hash", models.CharField(max_length=64)),
                ("appointment_version", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirm", "I will come"),
                            ("cannot_come", "I can't come"),
                            ("reschedule", "Please find me another time"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "appointment",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="appointments.appointment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["practice_id", "appointment"], name="link_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("practice_id", "token_hash"), name="link_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("used_at", None)),
                            models.Q(
                                ("used_at__isnull", False), models.Q(("answer", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="link_used_with_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "practice_id",
                    models.UUIDField(
                        default=portal.tenancy.context.current_practice_id, editable=False
                    ),
                ),
                ("sid", models.CharField(max_length=64)),
                ("number", models.CharField(max_length=20)),
                ("body", models.TextField(max_length=1600)),
                ("received_at", models.DateTimeField()),
                (
                    "meaning",
                    models.CharField(
                        choices=[
                            ("stop", "stop"),
                            ("cancel", "cancel"),
                            ("pause", "pause"),
                            ("start", "start"),
                            ("help", "help"),
                            ("confirm", "confirm"),
                            ("reschedule", "reschedule"),
                            ("cannot_come", "cannot_come"),
                            ("free_text", "free_text"),
                            ("empty", "empty"),
                        ],
                        max_length=12,
                    ),
                ),
                ("distress", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Arriving"),
                            ("waiting", "Waiting"),
                            ("handed", "With a clinician"),
                            ("done", "Done"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                ("worked_at", models.DateTimeField(blank=True, null=True)),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practices.membership",
                    ),
                ),
                (
                    "handed_to",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practices.membership",
                    ),
                ),
                (
                    "patient",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbound_messages",
                        to="people.patient",
                    ),
                ),
                (
                    "reminder",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replies",
                        to="reminders.reminder",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice_id", "-received_at", "id"], name="inbound_newest"
                    ),
                    models.Index(
                        fields=["practice_id", "patient", "-received_at"], name="inbound_of"
                    ),
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["practice_id", "state"],
                        name="inbound_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("practice_id", "sid"), name="inbound_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("done_by", None)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="inbound_done_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handed_at", None), ("handed_to", None)),
                            models.Q(("handed_at__isnull", False), ("handed_to__isnull", False)),
                            _connector="OR",
                        ),
                        name="inbound_handed_to_somebody",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("provider_sid", ""), _negated=True),
                fields=["practice_id", "provider_sid"],
                name="attempt_by_sid",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["practice_id", "reminder", "number"], name="attempt_of"),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["practice_id", "answered_at"], name="attempt_answered"),
        ),
        migrations.AddConstraint(
            model_name="reminderpolicy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("practice_id", "appointment_type", "kind", "offset", "at", "channel"),
                name="policy_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("at", None), ("kind", "days_before"), _connector="OR"),
                name="policy_hour_for_days_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("offset__gte", 1), ("offset__lte", 720)),
                name="policy_offset_sensible",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("state__in", ["ambiguous", "planned", "sending"])),
                fields=["due_at", "practice_id"],
                name="reminder_due",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("state__in", ["ambiguous", "planned", "sending"])),
                fields=["practice_id", "due_at"],
                name="reminder_due_here",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["practice_id", "-due_at", "id"], name="reminder_ledger"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["practice_id", "patient", "-due_at"], name="reminder_of"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["practice_id", "subject_id"], name="reminder_about"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=(
                    "practice_id",
                    "recipient_id",
                    "subject_type",
                    "subject_id",
                    "subject_version",
                    "policy_step",
                    "channel",
                ),
                name="reminder_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sending"), _negated=True),
                    models.Q(("current_attempt__isnull", False), ("lease_until__isnull", False)),
                    _connector="OR",
                ),
                name="reminder_sending_has_a_lease",
            ),
        ),
        policies.SecurePracticeTable("reminderpolicy"),
        policies.SecurePracticeTable("reminder"),
        policies.AllowDispatch("reminder", columns=["practice_id", "id", "state", "due_at"]),
        policies.SecurePracticeTable("attempt"),
        policies.SecurePracticeTable("deliveryevent"),
        policies.SecurePracticeTable("linktoken"),
        policies.SecurePracticeTable("inboundmessage"),
        policies.SecurePracticeTable("practicephonemessage"),
        policies.SecurePracticeTable("channelstop"),
    ]
