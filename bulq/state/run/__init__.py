"""The run page's talk with the server."""
