"""The shopping page's talk with the server."""
