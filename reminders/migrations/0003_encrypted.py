from django.db import migrations, models

from portal.encryption.converting import add_tokens, encrypt_column
from portal.encryption.fields import BlindIndexField, EncryptedTextField

WORDS = EncryptedTextField(patient="patient_id")
INBOUND, PHONE = "reminders_inboundmessage", "reminders_practicephonemessage"
# A text belongs to whom it was sent to; a reply to whoever got the texts on that handset.
OWNERS = """
    UPDATE reminders_practicephonemessage m SET patient_id = r.patient_id
    FROM reminders_attempt a JOIN reminders_reminder r ON r.id = a.reminder_id
    WHERE a.id = m.attempt_id;
    UPDATE reminders_practicephonemessage m SET patient_id = i.patient_id
    FROM reminders_inboundmessage i
    WHERE i.practice_id = m.practice_id AND i.sid = 'phone-' || m.id;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("encryption", "0001_initial"),
        ("people", "0004_encrypted"),
        ("reminders", "0002_restored"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="practicephonemessage", name="phone_inbox"),
        migrations.AddField(
            "practicephonemessage", "patient_id", models.UUIDField(null=True, editable=False)
        ),
        migrations.RunSQL(OWNERS),
        *add_tokens(
            "reminders.inboundmessage",
            BlindIndexField(of="number"),
            name="number_token",
            table=INBOUND,
        ),
        *add_tokens(
            "reminders.practicephonemessage",
            BlindIndexField(of="number"),
            name="number_token",
            table=PHONE,
        ),
        *[
            operation
            for model, table in (("inboundmessage", INBOUND), ("practicephonemessage", PHONE))
            for name in ("number", "body")
            for operation in encrypt_column(
                model, WORDS, name=name, table=table, patient="r.patient_id"
            )
        ],
        migrations.AddIndex(
            model_name="practicephonemessage",
            index=models.Index(fields=["practice_id", "number_token", "at"], name="phone_inbox"),
        ),
    ]
