"""Signing in, creating an account, and one's own account."""
