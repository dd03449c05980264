"""Change feeds: where a reader stands in what happened."""
