"""Every text a page or the server asks for is in the catalogue, and every text in it is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bulq.domain import errors
from bulq.i18n import catalogue

ROOT = Path(__file__).parent.parent
# Families whose key is put together at run time: every member counts as used.
FAMILIES = (
    "audit.",
    "phase.",
    "unit.",
    "errors.",
    "format.",
    "run.next.",
    "cost.",
    "story.",
    "receipts.rule.",
    "receipts.way",
    "spoiled.",
    "offline.did_",
)
PLURALS = re.compile(r"_(zero|one|two|few|many|other)$")


def base(key: str) -> str:
    return PLURALS.sub("", key)


def known() -> set[str]:
    return set(catalogue("en")) | {base(key) for key in catalogue("en")}


def refusals() -> set[str]:
    return {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.BulqError)
    }


def asked() -> Iterator[tuple[str, str]]:
    """(key, place) of each literal key in the Python code and in the scripts of the pages."""
    kinds = refusals()
    for path in sorted((ROOT / "bulq").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            key, place = node.args[0].value, f"{path.relative_to(ROOT)}:{node.lineno}"
            if name in ("t", "text") and isinstance(key, str) and "." in key:
                yield key, place
            elif name in kinds and isinstance(key, str):
                yield f"errors.{key}", place
    for path in sorted((ROOT / "assets").rglob("*.js")):
        for key in re.findall(r"""\bt\(\s*["']([\w.]+)["']""", path.read_text(encoding="utf-8")):
            yield key, path.name


def mentioned() -> set[str]:
    """Every dotted word in a literal: a key may be chosen first and looked up later."""
    words: set[str] = set()
    for path in (ROOT / "bulq").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
    return words


def prefixes() -> set[str]:
    """Beginnings of keys that are completed at run time: f"home.{what}" or "home." + what."""
    return {word for word in mentioned() if re.fullmatch(r"(\w+\.)+\w*", word) and word.endswith((".", "_"))}


def test_no_text_is_missing() -> None:
    keys = known()

    missing = [f"{place}: {key}" for key, place in asked() if key not in keys]

    assert not missing, "not in assets/locales/en.json:\n" + "\n".join(missing)


def test_every_text_is_used() -> None:
    used = {key for key, _place in asked()} | mentioned()
    begun = (*FAMILIES, *prefixes())

    unused = [key for key in catalogue("en") if key not in used and base(key) not in used and not key.startswith(begun)]

    assert not unused, "nobody asks for these texts:\n" + "\n".join(unused)


def test_plurals_are_complete() -> None:
    families = {base(key) for key in catalogue("en") if key.endswith(("_one", "_other"))}

    incomplete = [key for key in families if not {f"{key}_one", f"{key}_other"} <= set(catalogue("en"))]

    assert not incomplete
