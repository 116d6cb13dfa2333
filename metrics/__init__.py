"""Metrics: what a practice can learn from what happened, with the count beside every figure.

Reads the other apps through their selectors and writes none of their rows. The arithmetic is in
`rollups`, plain Python tested with the worked examples of the definitions; `reports` puts numbers
and words together for the page, the CSV file and the command, so that all three always agree.
Start at `views/staff.py`. May import `portal` and every app left of it; nothing imports it.
"""
