"""Measures in force, and the tasks of the units that take them."""
