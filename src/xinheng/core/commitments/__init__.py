"""Credit commitments: what organizations promised, and whether it was kept."""
