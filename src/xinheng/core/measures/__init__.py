"""Measures that public bodies take, and the tasks that come of a decision."""
