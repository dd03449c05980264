"""Special campaigns with their targets, and the activities that units report."""
