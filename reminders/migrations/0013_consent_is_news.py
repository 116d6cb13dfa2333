from django.db import migrations
from django.db.migrations.operations import RunSQL

from reminders import news_triggers

_COLUMNS = ["safe_from", "safe_until", "rank", "ended_at", "system"]
_BEFORE = news_triggers.tell_news("people_contactpoint", when_changed=_COLUMNS, inserts=False)


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0012_put_off"),
    ]

    operations = [
        RunSQL(str(_BEFORE.reverse_sql), str(_BEFORE.sql)),
        news_triggers.tell_news(
            "people_contactpoint", when_changed=[*_COLUMNS, "consent_given_at"], inserts=False
        ),
    ]
