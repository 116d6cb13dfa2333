"""The bare view that everything is held against: stock Django, the same statements, the same bytes.

It replays what one page of the portal asked the database (benchmarks/tape.py) and writes the same
page from a flat template with one variable for each piece of text. A whole project of its own, so
that its memory and its start are those of bare Django too.
"""
