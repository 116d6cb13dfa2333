from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0007_links_tell"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("moved", "the appointment was moved"),
                    ("cancelled", "the appointment was cancelled"),
                    ("begun", "the appointment has begun or is over"),
                    ("confirmed", "the patient had confirmed already"),
                    ("overtaken", "a later text says the same"),
                    ("said", "an earlier text has said the same"),
                    ("gone", "what it was about no longer exists"),
                    ("no_number", "there is no number for texts"),
                    ("no_address", "there is no address for e-mail"),
                    ("no_consent", "there is no consent for texts"),
                    ("stopped", "the patient asked for no texts"),
                    ("bad_number", "the number cannot receive texts"),
                    ("paused", "everything automatic is paused for this patient"),
                    ("ended", "the person is no longer a patient here"),
                    ("texts_off", "the practice sends no texts"),
                    ("too_late", "its time had passed"),
                    ("short_notice", "the appointment was booked at short notice"),
                    ("read", "it was read in the portal already"),
                    ("retired", "the practice does not send this any more"),
                    ("outcome_changed", "what became of the appointment was corrected"),
                    ("form_done", "the form was sent, or taken back"),
                    ("enough", "the form was asked for often enough"),
                    ("quiet", "there was no decent hour left before the visit"),
                    ("filtered", "the phone network blocked it"),
                    ("network", "the phone network could not deliver it"),
                    ("unknown_code", "the provider refused it"),
                    (
                        "restored",
                        "it may have gone out before the portal was restored from a backup",
                    ),
                    ("doubt", "nobody can say whether it was sent"),
                ],
                max_length=16,
            ),
        ),
    ]
