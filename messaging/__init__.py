"""Messages between a patient and the care team, sealed on the device before they are sent.

The server stores sealed envelopes, public keys, names and times, and never a message's text: it
checks what public data can show (signatures, chains, rosters) and opens nothing. May import
`portal`; knows neither `intake` nor `goals`. Start at `api/__init__.py`, then `models/threads.py`;
`sealed/` is the cryptography, `client/` what a person's device does, in Python.
"""
