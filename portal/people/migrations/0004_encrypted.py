from django.db import migrations, models

from portal.encryption.converting import add_tokens, encrypt_column
from portal.encryption.fields import BlindEndingsField, BlindIndexField, EncryptedTextField

TABLE = "people_contactpoint"


class Migration(migrations.Migration):
    dependencies = [("encryption", "0001_initial"), ("people", "0003_invitation_series")]

    operations = [
        migrations.RemoveIndex(model_name="contactpoint", name="contact_by_value"),
        *add_tokens(
            "people.contactpoint", BlindIndexField(of="value"), name="value_token", table=TABLE
        ),
        *add_tokens(
            "people.contactpoint", BlindEndingsField(of="value"), name="value_endings", table=TABLE
        ),
        *encrypt_column(
            "contactpoint",
            EncryptedTextField(patient="patient_id"),
            name="value",
            table=TABLE,
            patient="r.patient_id",
        ),
        *encrypt_column(
            "contactpoint",
            EncryptedTextField(patient="patient_id", blank=True),
            name="consent_how",
            table=TABLE,
            patient="r.patient_id",
        ),
        migrations.AddIndex(
            model_name="contactpoint",
            index=models.Index(
                fields=["practice_id", "system", "value_token"], name="contact_by_token"
            ),
        ),
    ]
