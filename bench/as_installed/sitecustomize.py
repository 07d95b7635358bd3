"""Python runs this file at its start. It hides the packages of developers from the server that is measured.

Libraries of the server load some of these where they are installed, such as requests and valkey, which takes memory.
"""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

REQUIREMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*", re.MULTILINE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


required = {_normal(name) for name in REQUIREMENT.findall(Path("requirements.txt").read_text("utf-8"))}
for package, distributions in packages_distributions().items():
    if required.isdisjoint(map(_normal, distributions)):
        sys.modules[package] = None  # pyright: ignore[reportArgumentType]
