"""The look: form fields and widgets, template tags, pages of a list, headers that keep pages
private.

Knows nobody: no models, no practice. What belongs to a practice (its name, its accent, its tabs)
comes in through the request or as plain values.
"""
