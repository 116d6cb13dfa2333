"""The dispatcher's role also sees how often a row was put off: a long outage is told as lateness."""

from django.db import migrations

from portal.tenancy.policies import DISPATCH_ROLE


class Migration(migrations.Migration):
    dependencies = [("reminders", "0011_receipts_are_news")]

    operations = [
        migrations.RunSQL(
            f'GRANT SELECT (waits) ON "reminders_reminder" TO {DISPATCH_ROLE}',
            f'REVOKE SELECT (waits) ON "reminders_reminder" FROM {DISPATCH_ROLE}',  # noqa: S608
        )
    ]
