"""Performance assessment of units (绩效考核): schemes, scores, ranking, rounds."""
