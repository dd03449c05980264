"""Records about organizations, in two times."""
