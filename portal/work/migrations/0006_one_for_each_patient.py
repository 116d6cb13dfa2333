from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_done_by_itself"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="workitem",
            name="work_once_for_its_source",
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_id__isnull", False)),
                fields=("practice_id", "code", "source_type", "source_id", "patient"),
                name="work_once_for_source_and_patient",
                nulls_distinct=False,
            ),
        ),
    ]
