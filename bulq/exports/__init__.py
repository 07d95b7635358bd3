"""Files a run leaves Bulq in: CSV, XLSX, JSON and PDF."""
