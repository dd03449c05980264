"""Indicators of city credit: counted, kept month by month, compared with peers."""
