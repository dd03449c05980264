"""What is collected: datasets, fields, code lists, units, categories."""
