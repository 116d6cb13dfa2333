import uuid

import django.db.models.deletion
from django.db import migrations, models

import portal.tenancy.context
import portal.tenancy.models
from portal.tenancy import policies


class Migration(migrations.Migration):
    dependencies = [
        ("practices", "0002_one_digest"),
        ("work", "0003_alert_rungs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
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
                    "code",
                    models.CharField(
                        choices=[
                            ("risk-yours", "A risk waits for you"),
                            ("risk-nobody", "Nobody has acknowledged a risk"),
                            ("work-yours", "You were given something to do"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField(editable=False)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Not looked at yet"),
                            ("settled", "Mailed, or not wanted"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("mailed_in", models.UUIDField(blank=True, editable=False, null=True)),
                (
                    "item",
                    portal.tenancy.models.PracticeForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="work.workitem",
                    ),
                ),
                (
                    "member",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="practices.membership",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at", "practice_id"],
                        name="notice_due",
                    ),
                    models.Index(fields=["practice_id", "member", "-at"], name="notice_of"),
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["practice_id", "member"],
                        name="notice_unread",
                    ),
                    models.Index(
                        condition=models.Q(("mailed_in__isnull", False)),
                        fields=["practice_id", "mailed_in"],
                        name="notice_mailed",
                    ),
                    models.Index(fields=["practice_id", "item"], name="notice_about"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice_id", "member", "code", "subject_id"), name="notice_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticePreference",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("risk", "A risk to a patient that I have to look at"),
                            ("work", "Something that I am given to do"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("at_once", "At once"),
                            ("digest", "Once a day, all in one"),
                            ("never", "Not at all"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "member",
                    portal.tenancy.models.PracticeForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="practices.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice_id", "member", "kind"), name="notice_preference_once"
                    )
                ],
            },
        ),
        policies.SecurePracticeTable("notice"),
        policies.AllowDispatch("notice", columns=["practice_id", "id", "state", "due_at"]),
        policies.SecurePracticeTable("noticepreference"),
    ]
