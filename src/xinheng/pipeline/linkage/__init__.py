"""Codes and names looked up in a whole register at once."""
