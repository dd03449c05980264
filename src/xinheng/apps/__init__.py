"""Persistence and transactions, one app for each noun of the domain."""
