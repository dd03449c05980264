"""How an installation is: what is measured, and when somebody has to act."""
