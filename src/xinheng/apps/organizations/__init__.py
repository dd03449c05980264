"""The register of organizations: codes, names and their dates."""
