"""Procedures as one table each: who may do what in which state, by when."""
