"""A store's price list."""
