"""The arithmetic of every figure: values in, values out, no Django and no database.

`outcomes` says what became of one appointment, `shares` gives a share its interval, `periods` says
which local day, week or month an instant belongs to, `attendance` counts and divides.
"""
