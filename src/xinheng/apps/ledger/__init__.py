"""The evidence: every act, append-only, gapless, in a Merkle tree."""
