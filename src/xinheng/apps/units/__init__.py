"""The units that hand in records, with their districts."""
