"""The xinheng command."""
