from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0004_notices"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="workitem",
            name="work_done_by_somebody",
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_by", None), ("done_at__isnull", False), _connector="OR"),
                name="work_done_at_a_time",
            ),
        ),
    ]
