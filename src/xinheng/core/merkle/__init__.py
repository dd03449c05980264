"""The arithmetic of the evidence: canonical JSON, hashes, tree, checkpoints."""
