"""A product: prices over time as a chart and as tables, who saw them when, and what is known about it."""
