"""Organizations in the register: kinds, states, changes, and issues of codes."""
