"""Codes that identify organizations, places and documents."""
