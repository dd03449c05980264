"""Duties to report: who owes what by when, and reminders of it."""
