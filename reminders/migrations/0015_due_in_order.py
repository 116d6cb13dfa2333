"""The rows of a claim come in its order from the index, however many are due at one minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0014_test_kind")]

    operations = [
        migrations.RemoveIndex(model_name="reminder", name="reminder_due_here"),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                fields=["practice_id", "due_at", "id"],
                condition=models.Q(state__in=["ambiguous", "planned", "sending"]),
                name="reminder_due_in_order",
            ),
        ),
    ]
