from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="Restore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("restored_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        # Whoever runs the installation says that it was restored, never the web server.
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE ON backups_restore FROM portal_app",
            migrations.RunSQL.noop,
        ),
    ]
