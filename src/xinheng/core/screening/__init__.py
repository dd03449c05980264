"""Detection of numbers that identify natural persons, only to refuse them."""
