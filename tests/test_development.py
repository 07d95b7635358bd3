"""What developers start: `reflex run`, with pages and server on a port each."""

import re

import pytest
from reflex.config import get_config
from reflex.utils.frontend_skeleton import _compile_vite_config

from rxconfig import FewFiles, OneAddress, PlainElements, SharedSocket


def test_the_server_of_pages_hands_calls_of_the_api_on_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_config(), "backend_port", 8123)
    changes = {}
    OneAddress().pre_compile(add_modify_task=changes.__setitem__)  # pyright: ignore[reportCallIssue]

    vite = changes["vite.config.js"](_compile_vite_config(get_config()))

    server = vite[vite.index("server: {") :]
    assert re.match(r'server: \{\s+proxy: \{ "/api": "http://127.0.0.1:8123" \},\s+port:', server)


def test_pages_are_built_without_emotion() -> None:
    changes = {}
    PlainElements().pre_compile(add_modify_task=changes.__setitem__)  # pyright: ignore[reportCallIssue]

    vite = changes["vite.config.js"](_compile_vite_config(get_config()))

    aliases = vite[vite.index("alias: [") :]
    assert re.match(r'alias: \[\s+\{ find: "@emotion/react", replacement: .*"./public/jsx.js".* \},\s+\{', aliases)


def test_reflex_takes_its_socket_from_a_module_of_ours() -> None:
    changes = {}
    SharedSocket().pre_compile(add_modify_task=changes.__setitem__)  # pyright: ignore[reportCallIssue]

    vite = changes["vite.config.js"](_compile_vite_config(get_config()))

    aliases = vite[vite.index("alias: [") :]
    ours = r'\{ find: /\^socket\\.io-client\$/, replacement: .*"./public/live/socket_io.js".* \},'
    assert re.match(rf"alias: \[\s+{ours}\s+\{{", aliases)


def test_what_pages_share_is_one_file() -> None:
    changes = {}
    FewFiles().pre_compile(add_modify_task=changes.__setitem__)  # pyright: ignore[reportCallIssue]

    vite = changes["vite.config.js"](_compile_vite_config(get_config()))

    groups = vite[vite.index("groups: [") :]
    assert re.match(r'groups: \[\s+\{ test: /.*/, name: "parts", minShareCount: 2 \},\s+\{', groups)
