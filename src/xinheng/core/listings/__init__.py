"""Lists of organizations: schemes, the procedure, its clocks, and its ends."""
