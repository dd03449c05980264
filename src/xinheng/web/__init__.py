"""Pages: the public portal and the desk."""
