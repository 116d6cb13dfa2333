"""Users, patients, care teams, contact details and consent; sign-in.

A user is an account of the whole installation and carries no name; a patient is a record of one
practice. Who may see a patient is decided in `selectors.patients_for`.
"""
