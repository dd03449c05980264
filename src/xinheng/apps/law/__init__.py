"""Law: the edition of the rulebook that a named lawyer has adopted."""
