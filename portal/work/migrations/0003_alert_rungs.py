import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.context
import portal.tenancy.models
from portal.tenancy import policies

# Alerts that wait already get the rungs that they would have been raised with.
WAITING_ALREADY = """
INSERT INTO work_alertrung (id, practice_id, item_id, rung, state, due_at)
SELECT gen_random_uuid(), practice_id, id, rung, 'waiting', raised_at + after
FROM work_workitem,
     (VALUES ('next', interval '15 minutes'), ('managers', interval '30 minutes')) AS r (rung, after)
WHERE kind = 'alert' AND state = 'open'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("practices", "0002_one_digest"),
        ("work", "0002_encrypted"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertRung",
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
                    "rung",
                    models.CharField(
                        choices=[("next", "The next clinician"), ("managers", "Managers")],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("climbed", "Taken"),
                            ("dropped", "Not needed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "item",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rungs",
                        to="work.workitem",
                    ),
                ),
                (
                    "to",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at", "practice_id"],
                        name="rung_due",
                    ),
                    models.Index(fields=["practice_id", "item"], name="rung_of"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("practice_id", "item", "rung"),
                        name="rung_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("settled_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="rung_settled_has_a_time",
                    ),
                ],
            },
        ),
        policies.SecurePracticeTable("alertrung"),
        policies.AllowDispatch("alertrung", columns=["practice_id", "id", "state", "due_at"]),
        migrations.RunSQL(WAITING_ALREADY, migrations.RunSQL.noop),
    ]
