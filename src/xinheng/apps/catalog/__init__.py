"""Which datasets are collected here, and since when."""
