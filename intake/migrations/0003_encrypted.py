from typing import Any
from uuid import uuid5

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from portal.encryption.converting import encrypt_column, settle
from portal.encryption.fields import EncryptedJSONField, EncryptedTextField

CHANGED_AT_A_TIME = models.CheckConstraint(
    condition=models.Q(later_given__isnull=True, later_at=None)
    | models.Q(later_given__isnull=False, later_at__isnull=False),
    name="flag_changed_at_a_time",
)


def give_drafts_their_ids(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The id follows from the question from now on; nothing points at a draft."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, assignment_id, link_id FROM intake_draftanswer")
        for row_id, assignment_id, link_id in cursor.fetchall():
            cursor.execute(
                "UPDATE intake_draftanswer SET id = %s WHERE id = %s",
                [uuid5(assignment_id, link_id), row_id],
            )
        settle(cursor)


class Migration(migrations.Migration):
    dependencies = [("encryption", "0001_initial"), ("intake", "0002_plain_title")]

    operations = [
        migrations.RunPython(give_drafts_their_ids),
        *encrypt_column(
            "assignment",
            EncryptedTextField(patient="patient_id", blank=True),
            name="why",
            table="intake_assignment",
            patient="r.patient_id",
        ),
        *encrypt_column(
            "draftanswer",
            EncryptedJSONField(patient="assignment.patient_id"),
            name="given",
            table="intake_draftanswer",
            patient="(SELECT a.patient_id FROM intake_assignment a WHERE a.id = r.assignment_id)",
        ),
        *encrypt_column(
            "response",
            EncryptedJSONField(patient="patient_id"),
            name="content",
            table="intake_response",
            patient="r.patient_id",
        ),
        migrations.RemoveConstraint(model_name="flag", name="flag_changed_at_a_time"),
        *encrypt_column(
            "flag",
            EncryptedJSONField(patient="patient_id", null=True),
            name="given",
            table="intake_flag",
            patient="r.patient_id",
        ),
        *encrypt_column(
            "flag",
            EncryptedJSONField(patient="patient_id", null=True),
            name="later_given",
            table="intake_flag",
            patient="r.patient_id",
        ),
        migrations.AddConstraint(model_name="flag", constraint=CHANGED_AT_A_TIME),
    ]
