"""The Chinese work calendar and the arithmetic of legal periods."""
