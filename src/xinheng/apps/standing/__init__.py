"""What holds for an organization in a matter, answered fast and logged."""
