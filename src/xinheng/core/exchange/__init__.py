"""Exchange with other platforms: profiles, packages, answers, states."""
