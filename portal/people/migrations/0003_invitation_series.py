"""Letters about accounts, and invitations that belong together and are found when due."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.tenancy import policies


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_care"),
        ("practices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("practice_slug", models.CharField(blank=True, max_length=40)),
                ("details", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="invitation",
            name="help_terms",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mailed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="on_paper",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="invitation",
            name="series",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["practice_id", "series"], name="invitation_series"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["email"], name="user_by_email"),
        ),
        migrations.AddField(
            model_name="letter",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("sent_at", None)), fields=["created_at"], name="letters_waiting"
            ),
        ),
        policies.AllowDispatch("invitation", columns=["practice_id", "id", "state"]),
    ]
