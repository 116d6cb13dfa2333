"""Stories of patients and staff in a real browser.

`stage.py` opens pages; `conftest.py` sets it up.
"""
