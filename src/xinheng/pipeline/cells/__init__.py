"""Cells of text into values: cleaned, screened for persons' numbers, read by type."""
