"""Everything that leaves: queued in the transaction that caused it."""
