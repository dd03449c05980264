"""Files into batches of text cells: CSV in its encodings, and XLSX."""
