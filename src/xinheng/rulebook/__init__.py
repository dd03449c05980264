"""Rules as data: TOML files with source and verification, and their loader."""
