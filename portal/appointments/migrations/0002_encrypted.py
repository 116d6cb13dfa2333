from django.db import migrations, models

from portal.encryption.converting import encrypt_column
from portal.encryption.fields import EncryptedTextField

# A reason was free text: somebody who cancelled may have written "moved" for that very time.
MOVES = """
    UPDATE appointments_appointmentstatus s SET moved = true
    FROM appointments_appointment a
    WHERE a.id = s.appointment_id AND s.reason = 'moved'
    AND NOT (s.starts_at = a.starts_at AND s.status = a.status);
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial"), ("encryption", "0001_initial")]

    operations = [
        migrations.AddField("appointmentstatus", "moved", models.BooleanField(default=False)),
        migrations.RunSQL(MOVES),
        *encrypt_column(
            "appointment",
            EncryptedTextField(patient="patient_id", blank=True),
            name="cancel_reason",
            table="appointments_appointment",
            patient="r.patient_id",
        ),
        *encrypt_column(
            "appointmentstatus",
            EncryptedTextField(patient="appointment.patient_id", blank=True),
            name="reason",
            table="appointments_appointmentstatus",
            patient="(SELECT a.patient_id FROM appointments_appointment a WHERE a.id = r.appointment_id)",
        ),
    ]
