"""Files in, checked columns out: decode, match, screen, check, link, split."""
