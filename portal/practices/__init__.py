"""Practices and who belongs to them.

Holds the practice, its settings, memberships, and the two middlewares: `prefix` moves the
practice's segment of the path into the script prefix, `middleware` confirms the membership, enters
the practice and opens the transaction. Start with `middleware.PracticeMiddleware`.
"""
