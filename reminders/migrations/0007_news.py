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
        ("reminders", "0006_not_left"),
    ]

    operations = [
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
