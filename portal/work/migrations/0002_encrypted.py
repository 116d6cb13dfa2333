from django.db import migrations

from portal.encryption.converting import encrypt_column
from portal.encryption.fields import EncryptedTextField


class Migration(migrations.Migration):
    dependencies = [("encryption", "0001_initial"), ("work", "0001_initial")]

    operations = encrypt_column(
        "workitem",
        EncryptedTextField(patient="patient_id", blank=True),
        name="outcome",
        table="work_workitem",
        patient="r.patient_id",
    )
