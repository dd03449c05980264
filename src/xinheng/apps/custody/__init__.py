"""Custody: backup and restore of everything that must come back."""
