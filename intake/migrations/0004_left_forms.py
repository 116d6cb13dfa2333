from django.db import migrations, models

from portal.tenancy import policies

# Flags of forms that were left before get the moment that they would have been written with.
WAITING_ALREADY = """
UPDATE intake_flag SET due_at = raised_at + interval '10 minutes' WHERE alert_raised_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_encrypted")]

    operations = [
        migrations.AddField(
            model_name="flag", name="due_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["due_at", "practice_id"],
                name="flag_due",
            ),
        ),
        migrations.RunSQL(WAITING_ALREADY, migrations.RunSQL.noop),
        policies.AllowDispatch("flag", columns=["practice_id", "id", "due_at"]),
    ]
