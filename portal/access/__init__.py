"""Says which role may do which verb; asks objects questions, imports no models.

`permissions` is the list of verbs, `roles` the whole policy on one screen, `viewer` who is asking,
`decorators` what every view declares. Who is related to which row is for selectors to say.
"""
