"""Submissions: files in, every row a verdict, a signed receipt out."""
