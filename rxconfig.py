"""How Reflex builds and serves Bulq."""

import json
from pathlib import Path
from typing import Unpack

import reflex as rx
from reflex.config import get_config
from reflex.constants import ReactRouter, StateManagerMode
from reflex.plugins import Plugin
from reflex_base.plugins.base import CommonContext, PreCompileContext
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


class OneAddress(Plugin):
    """While developing, pages and server have a port each: what pages ask of theirs is handed on to the server's.

    Forms then send and get the session cookie as they do in production, where both have one address.
    """

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        proxy = f'proxy: {{ "/api": "http://127.0.0.1:{get_config().backend_port}" }},'
        _add_to_vite("\n  server: {", f"\n    {proxy}", context)


class PlainElements(Plugin):
    """Pages are made of React's own elements instead of Emotion's: their looks come from classes alone."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        ours = 'fileURLToPath(new URL("./public/jsx.js", import.meta.url))'
        alias = f'{{ find: "@emotion/react", replacement: {ours} }},'
        _add_to_vite("\n    alias: [", f"\n      {alias}", context)


class SharedSocket(Plugin):
    """Reflex gets its socket from a module of ours, so that /live rides on the same connection."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        ours = 'fileURLToPath(new URL("./public/live/socket_io.js", import.meta.url))'
        alias = f"{{ find: /^socket\\.io-client$/, replacement: {ours} }},"
        _add_to_vite("\n    alias: [", f"\n      {alias}", context)


class FewFiles(Plugin):
    """What several pages share of parts and icons is one file. On a slow line each small file costs a round trip."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        ours = "/[/]public[/](?!texts[/])|[/]lucide-react[/]/"
        group = f'{{ test: {ours}, name: "parts", minShareCount: 2 }},'
        _add_to_vite("\n          groups: [", f"\n            {group}", context)


def _add_to_vite(place: str, line: str, context: PreCompileContext) -> None:
    """Let this line follow that place of Vite's configuration."""

    def add(vite_config: str) -> str:
        before, found, after = vite_config.partition(place)
        if not found:
            raise RuntimeError(f"Vite's configuration has no {place.strip()} to add to")
        return before + found + line + after

    context["add_modify_task"](ReactRouter.VITE_CONFIG_FILE, add)


class Texts(Plugin):
    """A module for each section of the English texts, so that a page brings along those it shows."""

    def get_static_assets(self, **context: Unpack[CommonContext]) -> list[tuple[Path, str | bytes]]:
        texts = json.loads((Path(__file__).parent / "assets/locales/en.json").read_text("utf-8"))
        return [(Path("texts") / f"{name}.js", _section(name, section)) for name, section in texts.items()]


def _section(name: str, texts: dict[str, object]) -> str:
    added = json.dumps({name: texts}, ensure_ascii=False)
    return f'import {{ addTexts }} from "$/public/i18n.js";\n\naddTexts({added});\n'


PLUGINS: list[Plugin] = [
    rx.plugins.TailwindV4Plugin(TAILWIND),
    OneAddress(),
    PlainElements(),
    SharedSocket(),
    FewFiles(),
    Texts(),
]

config = rx.Config(
    app_name="bulq",
    plugins=PLUGINS,
    disable_plugins=[rx.plugins.SitemapPlugin],
    frontend_packages=["i18next@27.1.2", "react-i18next@18.0.1"],
    frontend_compression_formats=["brotli", "gzip"],
    backend_host=settings.host,
    cors_allowed_origins=settings.allowed_origins,
    trusted_proxy_hops=settings.trusted_proxy_hops,
    # What pages hold is read anew when they come back, here or in another process. Kept on disk or in Redis, each event
    # and each change shown to somebody would wait for it, and a Redis that is away would stop every page.
    state_manager_mode=StateManagerMode.MEMORY,
    telemetry_enabled=False,
    show_built_with_reflex=False,
)
