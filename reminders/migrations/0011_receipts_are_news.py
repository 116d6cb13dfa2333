"""A receipt whose task was lost is worked by the sweep, as a reply is."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER news_of_reminders_deliveryevent AFTER INSERT ON reminders_deliveryevent
    FOR EACH ROW WHEN (NEW.waits) EXECUTE FUNCTION reminders_tell_news('10')
"""
DROP = "DROP TRIGGER news_of_reminders_deliveryevent ON reminders_deliveryevent"


class Migration(migrations.Migration):
    dependencies = [("reminders", "0010_accounts")]

    operations = [migrations.RunSQL(TRIGGER, DROP)]
