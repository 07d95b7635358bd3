"""Settings: what is taken, what is refused, and that a refusal names its variable."""

import pytest
from pydantic import SecretStr

from bulq.config import Environment, Settings, WrongSettings, load


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BULQ_ENV", "BULQ_DATA", "BULQ_SECURE_COOKIES", "PORT", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


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


def test_production_means_secure_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULQ_ENV", "production")
    assert load().secure_cookies

    monkeypatch.setenv("BULQ_SECURE_COOKIES", "false")
    with pytest.raises(WrongSettings, match="BULQ_SECURE_COOKIES"):
        load()


def test_no_password_shows_in_the_settings_as_text() -> None:
    settings = Settings(
        database_url="postgresql://ana:secret@db/bulq", redis_url="redis://:secret@c", secret_key=SecretStr("secret")
    )

    assert "secret@" not in repr(settings) and "'secret'" not in repr(settings)
