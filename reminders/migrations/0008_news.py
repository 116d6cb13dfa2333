import uuid

from django.db import migrations, models

import portal.tenancy.context
from portal.tenancy import policies
from reminders import news_triggers


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0002_encrypted"),
        ("clock", "0001_initial"),
        ("intake", "0003_encrypted"),
        ("people", "0004_encrypted"),
        ("practices", "0002_one_digest"),
        ("reminders", "0007_links_tell"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("moved", "the appointment was moved"),
                    ("cancelled", "the appointment was cancelled"),
                    ("begun", "the appointment has begun or is over"),
                    ("confirmed", "the patient had confirmed already"),
                    ("overtaken", "a later text says the same"),
                    ("said", "an earlier text has said the same"),
                    ("gone", "what it was about no longer exists"),
                    ("no_number", "there is no number for texts"),
                    ("no_address", "there is no address for e-mail"),
                    ("no_consent", "there is no consent for texts"),
                    ("stopped", "the patient asked for no texts"),
                    ("bad_number", "the number cannot receive texts"),
                    ("paused", "everything automatic is paused for this patient"),
                    ("ended", "the person is no longer a patient here"),
                    ("texts_off", "the practice sends no texts"),
                    ("too_late", "its time had passed"),
                    ("short_notice", "the appointment was booked at short notice"),
                    ("retired", "the practice does not send this any more"),
                    ("outcome_changed", "what became of the appointment was corrected"),
                    ("form_done", "the form was sent, or taken back"),
                    ("enough", "the form was asked for often enough"),
                    ("not_left", "the text that it would have corrected did not go out"),
                    ("quiet", "there was no decent hour left before the visit"),
                    ("filtered", "the phone network blocked it"),
                    ("network", "the phone network could not deliver it"),
                    ("unknown_code", "the provider refused it"),
                    (
                        "restored",
                        "it may have gone out before the portal was restored from a backup",
                    ),
                    ("doubt", "nobody can say whether it was sent"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="PlanningNews",
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
                ("due_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "planning news",
                "indexes": [
                    models.Index(fields=["due_at", "practice_id"], name="planning_news_due")
                ],
            },
        ),
        policies.SecurePracticeTable("planningnews"),
        policies.AllowDispatch("planningnews", columns=["practice_id", "due_at"]),
        news_triggers.functions(),
        news_triggers.tell_news(
            "appointments_appointment",
            when_changed=[
                "patient_id",
                "type_id",
                "local_start",
                "time_zone",
                "starts_at",
                "ends_at",
                "status",
                "version",
            ],
        ),
        news_triggers.tell_news("intake_assignment", when_changed=["state", "due_on"]),
        news_triggers.tell_news(
            "reminders_reminderpolicy",
            when_changed=[
                "appointment_type_id",
                "kind",
                '"offset"',
                "at",
                "channel",
                "minimum_notice_hours",
                "late_rule",
                "at_most",
                "retired_at",
            ],
        ),
        news_triggers.tell_news(
            "practices_practicesettings",
            when_changed=["quiet_from", "quiet_until", "texts_enabled"],
        ),
        news_triggers.tell_news("people_patient", when_changed=["time_zone"], inserts=False),
        news_triggers.tell_news(
            "people_contactpoint",
            when_changed=["safe_from", "safe_until", "rank", "ended_at", "system"],
        ),
        # A reply whose task was lost is worked by the sweep, ten seconds later.
        news_triggers.tell_news("reminders_inboundmessage", seconds=10),
    ]
