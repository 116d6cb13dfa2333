"""Writing invitations: inviting, mailing the link, taking it up. One module each."""
