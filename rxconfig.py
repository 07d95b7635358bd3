"""How Reflex builds and serves Bulq."""

import reflex as rx
from reflex.constants import StateManagerMode
from reflex.plugins import Plugin
from reflex_base.plugins.shared_tailwind import TailwindConfig

from bulq.config import settings

TOKENS = (
    "bg surface sunken line line-strong edge text muted faint brand brand-hover brand-ink brand-soft brand-text "
    "warn warn-soft bad bad-ink bad-soft info info-soft"
)
TAILWIND: TailwindConfig = {
    "theme": {
        "extend": {
            "colors": {name: f"var(--{name})" for name in TOKENS.split()},
            "borderRadius": {"control": "var(--r)", "card": "var(--r-lg)"},
            "boxShadow": {"card": "var(--shadow)", "raised": "var(--shadow-up)"},
            "screens": {"wide": "760px"},
        }
    }
}

PLUGINS: list[Plugin] = [rx.plugins.TailwindV4Plugin(TAILWIND)]

config = rx.Config(
    app_name="bulq",
    plugins=PLUGINS,
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_packages=["i18next@27.1.2", "react-i18next@18.0.1"],
    frontend_compression_formats=["gzip", "brotli"],
    backend_host=settings.host,
    cors_allowed_origins=settings.allowed_origins,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    # What pages hold is read anew when they come back, here or in another process. Kept on disk or in Redis, each event
    # and each change shown to somebody would wait for it, and a Redis that is away would stop every page.
    state_manager_mode=StateManagerMode.MEMORY,
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
