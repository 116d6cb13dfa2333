"""Pages of goals, one module for each audience."""
