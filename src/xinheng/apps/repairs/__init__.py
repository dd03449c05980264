"""Credit repair: applications, what was shown, training sessions."""
