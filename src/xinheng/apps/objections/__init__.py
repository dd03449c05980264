"""Objections: what is contested, what was asked for, what was applied."""
