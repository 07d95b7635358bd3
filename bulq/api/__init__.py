"""The HTTP side under /api/v1, beside the pages: `api` is mounted by the app."""

from bulq.api.app import api

__all__ = ["api"]
