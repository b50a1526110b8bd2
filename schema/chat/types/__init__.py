"""Rooms, who takes part in them, and what is said there, as clients see them."""
