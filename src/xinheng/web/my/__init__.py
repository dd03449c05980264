"""The organization's own pages: what is held about it, and what it can do."""
