"""What the portal costs, measured against a bare Django view that does the same work.

Nothing that serves people imports this package, and the production image does not hold it.
docs/benchmarks.md says how to read what it prints.
"""
