"""Custody has no tables of its own: it keeps those of the others."""
