"""Settings from the environment; a wrong value stops the start with the name of its variable."""

import re
from base64 import b64decode
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import AliasChoices, Field, PositiveInt, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "BULQ_"


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Registration(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    INVITE = "invite"


class Jobs(StrEnum):
    """Who does what happens by itself: the servers, `python -m bulq jobs`, or nobody."""

    INSIDE = "inside"
    PROCESS = "process"
    OFF = "off"


def _plain(name: str) -> Any:
    """A variable that carries no prefix because hosts set it under its common name."""
    return AliasChoices(name, name.lower())


class Settings(BaseSettings):
    """Field `page_size` is the variable BULQ_PAGE_SIZE; PORT, DATABASE_URL, REDIS_URL, SECRET_KEY have no prefix."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, validate_assignment=True, extra="ignore", hide_input_in_errors=True
    )

    env: Environment = Environment.DEVELOPMENT
    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535, validation_alias=_plain("PORT"))
    # The addresses hold passwords: they are kept out of every repr, traceback and error message.
    database_url: str = Field(default="", repr=False, validation_alias=_plain("DATABASE_URL"))
    redis_url: str | None = Field(default=None, repr=False, validation_alias=_plain("REDIS_URL"))
    secret_key: SecretStr | None = Field(default=None, validation_alias=_plain("SECRET_KEY"))
    processes: PositiveInt = 1
    database_pool_size: PositiveInt = 10
    database_pool_timeout: PositiveInt = 30  # seconds
    statement_timeout: PositiveInt = 15  # seconds
    lock_timeout: PositiveInt = 10  # seconds

    secure_cookies: bool = False
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)
    registration: Registration = Registration.OPEN
    session_days: PositiveInt = 30
    session_days_absolute: PositiveInt = 90

    login_per_minute: PositiveInt = 5
    api_per_minute: PositiveInt = 100
    bids_per_minute: PositiveInt = 20
    writes_per_minute: PositiveInt = 120
    events_per_second: PositiveInt = 20

    groups_per_user: PositiveInt = 100
    members_per_group: PositiveInt = 100
    open_runs_per_group: PositiveInt = 100
    products_per_run: PositiveInt = 100
    page_size: PositiveInt = 100

    deadline_check_seconds: float = Field(default=5, gt=0)
    jobs: Jobs = Jobs.INSIDE

    backup_target: str = ""
    backup_hour: int = Field(default=3, ge=0, le=23)
    backup_key: SecretStr | None = None
    backup_old_keys: SecretStr | None = None
    s3_endpoint: str | None = None
    s3_key: SecretStr | None = None
    s3_secret: SecretStr | None = None
    pg_bin: Path | None = None
    alert_webhook: SecretStr | None = None
    alert_email: str | None = None
    smtp_url: SecretStr | None = None

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        if url and not url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return url

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: str | None) -> str | None:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("backup_target")
    @classmethod
    def _is_a_folder_or_bucket(cls, target: str) -> str:
        if target and not re.fullmatch(r"file:///.+|s3://[^/]+(/.*)?", target):
            raise ValueError("must begin with file:/// or s3://bucket")
        return target

    @field_validator("backup_key", "backup_old_keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in keys.get_secret_value().split(",") if keys else ():
            try:
                right = len(b64decode(key.strip(), validate=True)) == 32
            except ValueError:
                right = False
            if not right:
                raise ValueError("each key must be 32 random bytes in base64; make one with: openssl rand -base64 32")
        return keys

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not url.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://")
        return url

    @field_validator("alert_webhook")
    @classmethod
    def _is_web(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not url.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("must begin with https:// or http://")
        return url

    @model_validator(mode="before")
    @classmethod
    def _secure_by_default_in_production(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("env") == Environment.PRODUCTION:
            values.setdefault("secure_cookies", True)
        return values

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        if self.env is Environment.PRODUCTION and not self.secure_cookies:
            raise ValueError("BULQ_SECURE_COOKIES must not be off while BULQ_ENV is production")
        if self.session_days > self.session_days_absolute:
            raise ValueError("BULQ_SESSION_DAYS must not exceed BULQ_SESSION_DAYS_ABSOLUTE")
        return self

    def model_post_init(self, context: Any) -> None:
        if not self.database_url:
            # Absolute, so that the same file is meant whatever directory a process works in later.
            object.__setattr__(self, "database_url", f"sqlite:///{(self.data / 'bulq.db').resolve()}")


class WrongSettings(SystemExit):
    """Ends the process with one line per wrong variable, instead of a traceback."""


def load() -> Settings:
    try:
        return Settings()
    except ValidationError as wrong:
        lines = [_explain(error["loc"], error["msg"]) for error in wrong.errors(include_input=False)]
        raise WrongSettings("Bulq can't start with these settings:\n  " + "\n  ".join(lines)) from None


def _explain(place: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    if not place:
        return message
    name = str(place[0])
    return f"{name if name.isupper() else PREFIX + name.upper()}: {message[0].lower()}{message[1:]}"


settings = load()
