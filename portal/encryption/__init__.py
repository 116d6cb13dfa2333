"""Encryption at rest: what people write is stored under keys that the database alone does not open.

A key-encryption key from outside the database wraps each practice's keys; the practice's key wraps
one key for each patient; that one encrypts the fields. A model declares `EncryptedTextField` or
`EncryptedJSONField` and reads and writes it like any other attribute.
"""
