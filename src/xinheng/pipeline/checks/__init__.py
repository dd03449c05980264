"""Checks of one column: rules of the core, repeated on columns, tested to agree."""
