"""Disclosures: what is known about a publication beyond the record itself."""
