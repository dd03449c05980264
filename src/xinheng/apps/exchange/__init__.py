"""Exchange with other platforms: what is owed to each, sent, answered, reconciled."""
