"""Leads, the providers who have them or may, and what they get back."""
