"""The yardstick itself: its arithmetic, its refusals, its copies. What it measures is no test."""
