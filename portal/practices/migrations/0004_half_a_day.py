from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practices", "0003_segment_price"),
    ]

    operations = [
        migrations.AlterField(
            model_name="practicesettings",
            name="reschedule_notice_hours",
            field=models.PositiveSmallIntegerField(default=12),
        ),
    ]
