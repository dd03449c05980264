"""What holds for an organization in a matter on a day."""
