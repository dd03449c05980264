"""Objections: somebody says that what is shown about an organization is wrong."""
