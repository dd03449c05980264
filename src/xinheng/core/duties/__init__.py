"""Duties to report: who owes what by when, and the rates that follow."""
