"""What somebody should hear of."""
