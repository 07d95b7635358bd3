"""What one person owes in a run, and why."""
