"""Long proofs: a seeded tenth runs with the suite, the whole under `make prove`."""
