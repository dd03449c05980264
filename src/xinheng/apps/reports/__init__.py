"""Credit reports: issued, logged, sealed; and the consents that some of them need."""
