"""Pages of messages, one module for each audience."""
