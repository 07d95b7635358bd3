"""Settings: what is taken, what is refused, and that a refusal names its variable."""

import os
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bulq import config
from bulq.config import Environment, Settings, WrongSettings, load
from scripts import settings_doc
from tests.databases import ROOT

GOOD = {
    "BULQ_ENV": "production",
    "BULQ_PROCESSES": "2",
    "SECRET_KEY": "vC3-Yk0q_TzR8wLmA5sXnEoJ7bGdHuPi2fQ9",
    "DATABASE_URL": "postgresql://bulq:nE4-r0Xw_9tB@db/bulq",
    "REDIS_URL": "redis://cache:6379",
    "ALLOWED_ORIGINS": "https://bulq.example.org",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("BULQ_") or name.removesuffix("_FILE") in (*GOOD, "SECRET_KEY_OLD", "PORT"):
            monkeypatch.delenv(name)


def test_without_any_variable_it_is_sqlite_in_the_data_folder() -> None:
    settings = load()

    assert settings.env is Environment.DEVELOPMENT
    assert settings.database_url.startswith("sqlite:////")
    assert settings.database_url.endswith("/data/bulq.db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_common_spelling_of_postgresql_is_understood(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://ana:secret@db/bulq")

    assert load().database_url == "postgresql+psycopg://ana:secret@db/bulq"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BULQ_ENV", "prod"),
        ("BULQ_REGISTRATION", "maybe"),
        ("BULQ_PAGE_SIZE", "0"),
        ("BULQ_LOGIN_PER_MINUTE", "many"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://ana:secret@db/bulq"),
        ("REDIS_URL", "http://ana:secret@cache"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(WrongSettings) as refusal:
        load()

    assert f"  {name}: " in str(refusal.value)
    assert "secret" not in str(refusal.value)


def in_production(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)


def test_production_starts_with_all_it_needs_and_has_secure_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    in_production(monkeypatch)

    assert load().secure_cookies


def test_production_names_every_problem_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BULQ_ENV": "production", "BULQ_PROCESSES": "2", "BULQ_PAGE_SZIE": "9", "PORT": "x"}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(WrongSettings) as refusal:
        load()

    said = str(refusal.value)
    for name in ("SECRET_KEY", "DATABASE_URL", "ALLOWED_ORIGINS", "REDIS_URL", "BULQ_PAGE_SZIE", "PORT"):
        assert f"  {name}: " in said
    assert "did you mean BULQ_PAGE_SIZE?" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "aK3-x9_Lq0ZtW7"),
        ("SECRET_KEY", "changeme-changeme-changeme-changeme"),
        ("SECRET_KEY", "insecure-but-long-0123456789-abcdefghijk"),
        ("SECRET_KEY", "aaaaaaaabbbbbbbbaaaaaaaabbbbbbbbaaaa"),
        ("SECRET_KEY", "kT4xP0qZr9Ws" * 4),
        ("SECRET_KEY", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("SECRET_KEY_OLD", "changeme"),
        ("SECRET_KEY_OLD", f"aK3-x9_Lq0ZtW7, {GOOD['SECRET_KEY']}"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:////srv/bulq.db"),
        ("DATABASE_URL", "postgresql://bulq:changeme@db/bulq"),
        ("DATABASE_URL", "postgresql://bulq:postgres@db/bulq"),
        ("ALLOWED_ORIGINS", ""),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://bulq.example.org, http://bulq.example.org"),
        ("ALLOWED_ORIGINS", "bulq.example.org"),
        ("REDIS_URL", ""),
        ("REDIS_URL", "redis://:your-password@cache"),
        ("BULQ_SECURE_COOKIES", "off"),
        ("BULQ_S3_SECRET", "<secret>"),
        ("BULQ_SMTP_URL", "smtps://bulq:password@mail"),
        ("BULQ_PROCESES", "2"),
    ],
)
def test_production_refuses_what_is_unsafe(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    in_production(monkeypatch, **{name: value})

    with pytest.raises(WrongSettings) as refusal:
        load()

    assert str(refusal.value).count("\n") == 1 and f"  {name}: " in str(refusal.value)
    assert not value or name == "ALLOWED_ORIGINS" or len(value) < 4 or value not in str(refusal.value)


def test_in_development_a_misspelt_name_is_only_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULQ_PAGE_SZIE", "9")

    assert load().page_size == 100
    assert "did you mean BULQ_PAGE_SIZE?" in capsys.readouterr().err


def test_the_documentation_has_every_setting_with_its_meaning() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert settings_doc.PAGE.read_text("utf-8") == settings_doc.current(), "run: python scripts/settings_doc.py"


SECRETS = {
    "DATABASE_URL": ("database_url", "postgresql+psycopg://bulq:nE4-r0Xw_9tB@db/bulq"),
    "REDIS_URL": ("redis_url", "redis://:s3cr3t@cache:6379"),
    "SECRET_KEY": ("secret_key", GOOD["SECRET_KEY"]),
    "SECRET_KEY_OLD": ("secret_key_old", "aK3-x9_Lq0ZtW7"),
    "BULQ_METRICS_TOKEN": ("metrics_token", "wT5-Qm2_xz81-Kp0"),
    "BULQ_BACKUP_KEY": ("backup_key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    "BULQ_BACKUP_OLD_KEYS": ("backup_old_keys", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    "BULQ_S3_KEY": ("s3_key", "AKIA77"),
    "BULQ_S3_SECRET": ("s3_secret", "zR8wLmA5sXnEoJ7b"),
    "BULQ_ALERT_WEBHOOK": ("alert_webhook", "https://hooks.example.org/zR8w"),
    "BULQ_SMTP_URL": ("smtp_url", "smtps://bulq:zR8wLmA5@mail.example.org"),
}


def test_every_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert set(SECRETS) == set(config.secret_variables())
    for name, (_field, secret) in SECRETS.items():
        (tmp_path / name).write_text(f"{secret}\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    monkeypatch.setenv("BULQ_ENV", "production")
    monkeypatch.setenv("ALLOWED_ORIGINS", GOOD["ALLOWED_ORIGINS"])

    settings = load()

    for field, secret in SECRETS.values():
        value = getattr(settings, field)
        assert (value.get_secret_value() if isinstance(value, SecretStr) else value) == secret
    assert not any(secret in value for _, secret in SECRETS.values() for value in os.environ.values())
    page = settings_doc.PAGE.read_text("utf-8")
    assert all(f"`{name}`" in page.partition("<!-- settings -->")[0] for name in SECRETS)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe", b"x" * 20_000])
def test_a_secret_s_file_that_is_no_good_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))

    with pytest.raises(WrongSettings) as stop:
        load()

    assert "SECRET_KEY_FILE: " in str(stop.value)


def test_a_secret_is_given_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("something else")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("SECRET_KEY", "something")

    with pytest.raises(WrongSettings, match="SECRET_KEY_FILE: is set, and so is SECRET_KEY"):
        load()


def test_a_file_s_secret_is_judged_like_any_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "key").write_text("changeme")
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    with pytest.raises(WrongSettings, match="SECRET_KEY: is a"):
        load()


def test_every_setting_is_read_somewhere() -> None:
    code = [*(ROOT / "bulq").rglob("*.py"), ROOT / "rxconfig.py", *(ROOT / "scripts").glob("*")]
    text = "\n".join(path.read_text("utf-8") for path in code if path.is_file() and path.name != "config.py")
    text += "\n".join((ROOT / "bulq" / "config.py").read_text("utf-8").splitlines()[-1:])

    unread = [
        name
        for name in Settings.model_fields
        if not re.search(rf"\bsettings\.{name}\b", text) and not re.search(rf"\b{config.variable(name)}\b", text)
    ]

    assert unread == []


def test_no_password_shows_in_the_settings_as_text() -> None:
    settings = Settings(
        database_url="postgresql://ana:secret@db/bulq", redis_url="redis://:secret@c", secret_key=SecretStr("secret")
    )

    assert "secret@" not in repr(settings) and "'secret'" not in repr(settings)
