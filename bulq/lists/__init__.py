"""Files that hold lists, of whatever kind: bytes in, rows of texts out, within bounds."""
