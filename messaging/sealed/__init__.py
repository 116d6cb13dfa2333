"""Suite 1 of sealed messages in plain Python: the twin of what runs in the browser.

X25519, HKDF-SHA-256, AES-256-GCM, Ed25519, SHA-256, HPKE (RFC 9180, base mode). It is for tests,
custody drills and exports; the server never unseals. Every failure is one error, `CannotOpen`, with
one text: what was wrong is nobody's business. Byte layouts: docs/decisions/0090. May import
`portal.encoding` alone.
"""
