"""The simulated upper platform as a server, on this machine's own address only."""
