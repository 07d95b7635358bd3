"""Suppliers' price lists as they come: what their columns, units, prices and days mean, and what has to be asked."""
