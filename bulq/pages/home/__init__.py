"""What needs me now, and my groups."""
