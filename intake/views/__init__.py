"""Pages of intake: `patient` under `me/`, `staff` under `staff/`."""
