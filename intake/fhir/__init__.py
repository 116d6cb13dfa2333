"""FHIR R4 questionnaires in plain Python: read, check, page, enable, validate, score, write.

Knows nothing of Django, of the database or of a practice: values in, values out. Start with
`parse.py` (bytes to questionnaires, or the reasons why not), then `form.py` (what a questionnaire
is here), `enablement.py`, `entry.py`, `validation.py`, `rules.py`, `scoring.py`, `response.py`.
Sentences for people are English templates in `Notice`; the app around this package translates them.
"""
