"""The monthly table as a query, and the bulletin that prints it."""
