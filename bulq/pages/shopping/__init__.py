"""The list at the shop."""
