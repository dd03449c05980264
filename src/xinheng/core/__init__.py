"""Every rule of law and arithmetic: pure, standard library only, no clock, no I/O."""
