"""What may be seen, by whom and until when."""
