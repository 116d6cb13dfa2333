from django.db import migrations

# A ciphertext begins with the id of its key (bytes 2 to 17). A rotation of keys writes the same text
# under a new key, so a new key is let through, and other bytes under the same key are not. What was
# signed stands in the revisions as well, which only grow.
FREEZE = """
CREATE OR REPLACE FUNCTION goals_note_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_at IS NOT NULL AND (
    NEW.version IS DISTINCT FROM OLD.version
    OR NEW.patient_id IS DISTINCT FROM OLD.patient_id
    OR NEW.template IS DISTINCT FROM OLD.template
    OR NEW.template_version IS DISTINCT FROM OLD.template_version
    OR NEW.session_on IS DISTINCT FROM OLD.session_on
    OR NEW.signed_at IS DISTINCT FROM OLD.signed_at
    OR NEW.signed_by_id IS DISTINCT FROM OLD.signed_by_id
    OR NEW.saved_at IS DISTINCT FROM OLD.saved_at
    OR NEW.saved_by_id IS DISTINCT FROM OLD.saved_by_id
    OR (
      NEW.content IS DISTINCT FROM OLD.content
      AND substring(NEW.content from 2 for 16) IS NOT DISTINCT FROM
          substring(OLD.content from 2 for 16)
    )
  ) THEN
    RAISE EXCEPTION 'a signed note is frozen';
  END IF;
  RETURN NEW;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION goals_note_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_at IS NOT NULL AND (
    NEW.version IS DISTINCT FROM OLD.version
    OR NEW.patient_id IS DISTINCT FROM OLD.patient_id
    OR NEW.template IS DISTINCT FROM OLD.template
    OR NEW.template_version IS DISTINCT FROM OLD.template_version
    OR NEW.session_on IS DISTINCT FROM OLD.session_on
    OR NEW.signed_at IS DISTINCT FROM OLD.signed_at
    OR NEW.signed_by_id IS DISTINCT FROM OLD.signed_by_id
    OR NEW.saved_at IS DISTINCT FROM OLD.saved_at
    OR NEW.saved_by_id IS DISTINCT FROM OLD.saved_by_id
    OR (NEW.content IS DISTINCT FROM OLD.content AND current_user = 'portal_app')
  ) THEN
    RAISE EXCEPTION 'a signed note is frozen';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("goals", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, BEFORE)]
