"""Texts that no page of ours has sent."""

# Nested until the reader's stack ends: a parser's error, and no ValueError.
NESTED = ["[" * 100_000, "[" * 2_500, '{"a":' * 20_000]
