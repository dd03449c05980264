"""Lists of organizations, with the procedure that stands before and behind each."""
