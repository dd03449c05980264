"""Files and registers of the fictional city, with everything explicit."""
