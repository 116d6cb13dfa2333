"""A link remembers whether its text named the clinician, and may choose another time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0006_leaving")]

    operations = [
        migrations.AddField(
            model_name="linktoken",
            name="tells_clinician",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="linktoken",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("confirm", "I will come"),
                    ("cannot_come", "I can't come"),
                    ("reschedule", "Please find me another time"),
                    ("moved", "Another time chosen"),
                ],
                max_length=12,
            ),
        ),
    ]
