"""Messages between a patient and the care team, sealed on the device before they are sent.

The server will store sealed envelopes, public keys, names and times, and never a message's text.
Until sealing is built nothing can be written here: the pages say what will come and whom to ring.
May import `portal`; knows neither `intake` nor `goals`. Start at `views/patient.py`.
"""
