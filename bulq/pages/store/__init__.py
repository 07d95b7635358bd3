"""A store: what was seen there, open runs to it, where it is and when it is open."""
