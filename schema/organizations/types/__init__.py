"""Organizations and what is in them, as clients see it."""
