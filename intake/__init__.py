"""Forms a practice asks a patient to fill in: FHIR questionnaires, assignments, responses, scores.

It may import `portal` and nothing of the other feature apps. `fhir/` is plain Python and knows no
Django; `instruments/` ships the forms and rules that come with the product. Read `fhir/parse.py`
for what a form may be, then `models/`, and `services/` for the verbs (assign, save, submit).
"""
