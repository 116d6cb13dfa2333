"""What people do with goals and notes, each in one transaction with its audit row."""
