"""What becomes of the rows that a unit hands in."""
