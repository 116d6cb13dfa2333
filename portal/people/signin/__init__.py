"""How somebody signs in, what they must do first, and how long it lasts.

django-allauth does the ceremonies; here stand the places where the portal decides: `adapter`
(words, mail, addresses), `backend` (one hash for everybody), `limits` (how often one may guess),
`gates` (second factor, privacy notice), `lifetimes` (idle and absolute ends), `kept` (what was
typed into a session that had ended), `fresh` (proof that the person is still there). Start with
`lifetimes`.
"""
