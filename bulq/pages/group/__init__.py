"""A group, looking after it, and the way into it."""
