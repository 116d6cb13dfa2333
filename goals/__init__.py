"""Goals in the patient's own words, and the note that patient and clinician share.

A goal is worded by the patient, rated 0 to 10 by both sides and kept apart by voice; a note is
drafted in the session, signed, and shared by an explicit switch. Their words are encrypted at rest
with the patient's key. Process notes, activities and plans come later. May import `portal`; knows
neither `intake` nor `messaging`. Start at `models/goals.py`.
"""
