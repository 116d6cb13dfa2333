"""A test knows the kind of text it tries: what its link leads to depends on it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0013_consent_is_news")]

    operations = [
        migrations.AddField(
            model_name="testsend",
            name="kind",
            field=models.CharField(
                choices=[
                    ("days_before", "Days before"),
                    ("hours_before", "Hours before"),
                    ("after_no_show", "Hours after somebody did not come"),
                    ("form_due", "Days before a form is wanted"),
                    ("form_unfinished", "Days since a form was asked for"),
                ],
                default="hours_before",
                max_length=16,
            ),
        ),
    ]
