"""Goals in the patient's own words, and the notes and steps that patient and clinician share.

Later: goals with a 0 to 10 rating from both sides, shared notes, activities and plans. Until then
the pages say what will come and what to do instead. May import `portal`; knows neither `intake` nor
`messaging`. Start at `views/patient.py`.
"""
