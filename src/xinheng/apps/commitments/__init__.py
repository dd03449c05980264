"""Credit commitments, public or not, and what came of them."""
