"""Evidence: files that prove what somebody states, and what is looked for in them."""
