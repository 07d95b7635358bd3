"""Scanning, and fields of products."""
