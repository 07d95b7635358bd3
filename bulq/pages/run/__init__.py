"""The page of a run, the same in every phase."""
