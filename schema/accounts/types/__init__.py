"""Users and all that is theirs, as clients see it."""
