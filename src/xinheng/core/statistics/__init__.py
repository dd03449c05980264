"""Tables of counts and their footing."""
