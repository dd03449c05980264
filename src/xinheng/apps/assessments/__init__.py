"""Assessment of units: schemes in use, rounds, claims, scores, appeals, notices."""
