"""Settings from the environment; a wrong value stops the start with the name of its variable."""

import os
import re
import sys
from base64 import b64decode
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AliasChoices,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bulq import gate, hosts

VERSION = "0.1.0"
PREFIX = "BULQ_"
ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?")


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
    """Field `page_size` is the variable BULQ_PAGE_SIZE, unless a plain name is given.

    docs/configuration.md is made of the descriptions: `python scripts/settings_doc.py`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, validate_assignment=True, extra="ignore", hide_input_in_errors=True
    )

    env: Environment = Field(
        default=Environment.DEVELOPMENT, description="`production` for a server others use; see below"
    )
    data: Path = Field(
        default=Path("data"),
        description="folder for everything that is kept: the SQLite database, uploads, photos",
    )
    free_mb: int = Field(
        default=100,
        ge=0,
        description="megabytes that must be left where the data is kept; with less, `/api/v1/health/ready` is 503",
    )
    host: str = Field(
        default="127.0.0.1",
        description="the address it listens on; `0.0.0.0` lets phones in the same network in",
    )
    port: int = Field(
        default=3000, ge=1, le=65535, validation_alias=_plain("PORT"), description="the port `scripts/run` serves on"
    )
    processes: PositiveInt = Field(
        default=1,
        description="server processes that `scripts/run` starts behind its port; more than one, here or on other "
        "machines, needs `REDIS_URL`",
    )
    # The addresses hold passwords: they are kept out of every repr, traceback and error message.
    database_url: str = Field(
        default="",
        repr=False,
        validation_alias=_plain("DATABASE_URL"),
        description="`postgresql://user:password@host/name` (also `postgres://`), or `sqlite:///path`; without it "
        "SQLite, `bulq.db` in `BULQ_DATA`. With a standby: `postgresql://user:password@one:5432,two:5432/name`; "
        "whichever of them takes writes is used",
    )
    redis_url: str | None = Field(
        default=None,
        repr=False,
        validation_alias=_plain("REDIS_URL"),
        description="`redis://…`; needed as soon as more than one process serves. With Sentinels: "
        "`redis+sentinel://:password@one:26379,two:26379,three:26379/service/0`",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        validation_alias=_plain("SECRET_KEY"),
        description="a secret of this server, 32 random characters or more; signs the marks of devices on which "
        "somebody signed in before, and encrypts where members want to be paid",
    )
    secret_key_old: SecretStr | None = Field(
        default=None,
        validation_alias=_plain("SECRET_KEY_OLD"),
        description="earlier ones, by commas, for reading what was encrypted with them until `python -m bulq reseal` "
        "has run",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        validation_alias=_plain("ALLOWED_ORIGINS"),
        description="addresses from which browsers may use this server, such as `https://bulq.example.org`, with "
        "commas between them; its own address, as the browser knows it, is always allowed",
    )
    database_pool_size: PositiveInt = Field(
        default=10,
        description="connections, and worker threads, of each server process; writers have half of them, so that "
        "readers never wait behind writers",
    )
    database_pool_timeout: PositiveInt = Field(default=30, description="seconds to wait for a free connection")
    statement_timeout: PositiveInt = Field(
        default=15, description="seconds after which PostgreSQL gives up a statement"
    )
    lock_timeout: PositiveInt = Field(
        default=10, description="seconds after which whoever waits for a lock of the database is told that it is busy"
    )

    secure_cookies: bool = Field(
        default=False,
        description="the session cookie goes over HTTPS only; on by itself in production",
    )
    trusted_proxy_hops: int = Field(
        default=0, ge=0, le=10, description="proxies in front whose `X-Forwarded-For` is believed; 1 behind Caddy"
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="who sends it (`Authorization: Bearer …`) may read `/metrics`, which is not there without",
    )
    slow_ms: PositiveInt = Field(
        default=200, description="a query, event or request that takes longer is marked in the log, in milliseconds"
    )
    registration: Registration = Field(
        default=Registration.OPEN,
        description="`open`, `closed`, or `invite`: only with an invite link; until an admin chooses otherwise",
    )
    session_days: PositiveInt = Field(default=30, description="a session ends after this long without use")
    session_days_absolute: PositiveInt = Field(default=90, description="and after this long in any case")

    login_per_minute: PositiveInt = Field(default=5, description="attempts to log in or register, per address")
    wrong_passwords_per_minute: PositiveInt = Field(
        default=5, description="wrong passwords for one username from one address"
    )
    sign_in_wait_seconds: float = Field(
        default=10,
        ge=0,
        le=60,
        description="how long signing in may be slowed down at most while many addresses try passwords for one "
        "username; never on a device that signed in there before",
    )
    api_per_minute: PositiveInt = Field(default=100, description="calls of the API, per user or address")
    bids_per_minute: PositiveInt = Field(default=20, description="changes of bids, per user")
    writes_per_minute: PositiveInt = Field(default=120, description="other changes, per user")
    exports_per_minute: PositiveInt = Field(default=10, description="files of runs, per user")
    group_exports_per_day: PositiveInt = Field(default=20, description="whole groups as files, per user")
    events_per_second: PositiveInt = Field(
        default=20,
        description="events of one person's pages; what comes faster waits, after a burst of two seconds' worth",
    )
    address_events_per_second: PositiveInt = Field(
        default=100,
        description="events of all pages behind one address, where a whole group may sit behind one router; what comes "
        "faster waits, after a burst of five seconds' worth. Pages of people who are not signed in have as much for "
        "themselves, so that they keep no others waiting",
    )
    sockets_per_address: PositiveInt = Field(default=300, description="open pages behind one address, in each process")
    sockets_per_session: PositiveInt = Field(
        default=40, description="open pages of one browser, in each process; as many closed ones are remembered"
    )
    view_ms_per_second: PositiveInt = Field(
        default=300,
        description="how long the pages of one person may read the database, in milliseconds of each second; what is "
        "beyond that waits, after a burst of ten seconds' worth",
    )

    audit_days: int = Field(
        default=730, ge=30, description="how long the record of who did what is kept; not less than 30"
    )

    uploads_mb: PositiveInt = Field(
        default=500, description="files that were sent and nobody has decided about yet, all together, in megabytes"
    )
    attachments_target: str = Field(
        default="",
        description="where photos and PDFs of receipts are kept: `file:///folder` or `s3://bucket/prefix`; without it "
        "`attachments` in `BULQ_DATA`. Backups don't hold them; see [operations.md](operations.md)",
    )
    catalogue_file_mb: PositiveInt = Field(
        default=50, description="the largest file for the catalogue that is taken, in megabytes"
    )

    catalogue_file_rows: PositiveInt = Field(default=300_000, description="rows of such a file that are read at most")
    list_file_mb: PositiveInt = Field(
        default=10, description="the largest list of a store a member may send, in megabytes"
    )
    group_file_mb: PositiveInt = Field(
        default=50, description="the largest file of a group that a member may send, in megabytes"
    )
    list_rows: PositiveInt = Field(default=20_000, description="rows of such a list that are read at most")
    imports_per_day: PositiveInt = Field(default=20, description="lists one member may import within a day")

    groups_per_user: PositiveInt = Field(default=100, description="groups one person may be in")
    members_per_group: PositiveInt = Field(default=100, description="people in one group")
    open_runs_per_group: PositiveInt = Field(default=100, description="runs of a group that are not over")
    products_per_run: PositiveInt = Field(default=100, description="products of one run")
    tags_per_product: PositiveInt = Field(default=20, description="tags of one product")
    names_per_product: PositiveInt = Field(default=20, description="other names of one product")
    products_per_day: PositiveInt = Field(default=200, description="products one person may add within a day")
    stores_per_day: PositiveInt = Field(default=30, description="stores one person may add within a day")
    prices_per_day: PositiveInt = Field(default=1000, description="prices one person may note within a day")
    tags_per_day: PositiveInt = Field(default=500, description="tags one person may put on products within a day")
    names_per_day: PositiveInt = Field(default=300, description="other names one person may add within a day")
    groups_per_day: PositiveInt = Field(default=20, description="groups one person may make within a day")
    runs_per_day: PositiveInt = Field(default=100, description="runs one person may start within a day")
    attachments_per_day: PositiveInt = Field(
        default=100, description="photos and PDFs of receipts one person may send within a day"
    )
    page_size: PositiveInt = Field(default=100, description="most rows a list shows at once")

    deadline_check_seconds: float = Field(
        default=5, gt=0, description="how often ended bidding deadlines are looked for"
    )
    jobs: Jobs = Field(
        default=Jobs.INSIDE,
        description="who does what happens by itself: `inside` the servers, a `process` (`python -m bulq jobs`), `off`",
    )

    backup_target: str = Field(
        default="",
        description="where backups go: `file:///folder` or `s3://bucket/prefix`; see [backups.md](backups.md)",
    )
    backup_hour: int = Field(default=3, ge=0, le=23, description="the hour (UTC) of the daily backup")
    backup_key: SecretStr | None = Field(
        default=None,
        description="32 bytes in base64 that encrypt backups; without it they are stored as they are",
    )
    backup_old_keys: SecretStr | None = Field(
        default=None, description="earlier keys, by commas, for reading older backups"
    )
    s3_endpoint: str | None = Field(
        default=None, description="the address of another S3-compatible store; Amazon's without it"
    )
    s3_key: SecretStr | None = Field(
        default=None, description="its access key; without it boto3 looks where it always does (`AWS_*`)"
    )
    s3_secret: SecretStr | None = Field(default=None, description="the secret that belongs to it")
    pg_bin: Path | None = Field(
        default=None,
        description="the folder of `pg_dump` and `pg_restore`, not older than the server; looked for on `PATH`",
    )
    alert_webhook: SecretStr | None = Field(
        default=None, description="an address that is sent JSON when backups are in trouble"
    )
    alert_email: str | None = Field(default=None, description="who is written to then")
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="hosts in the server's own network that web hooks may go to, with commas between them; addresses "
        "that are private, loopback or link-local are refused otherwise",
    )
    smtp_plain: bool = Field(
        default=False, description="send mail unencrypted where a server of `smtp://` offers no encryption"
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="through which server: `smtp://user:password@host:587`, `smtps://…`"
    )

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                url = "postgresql+psycopg://" + url.removeprefix(scheme)
        if url and not url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        return url if url.startswith("sqlite") else hosts.postgresql_url(url)

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: str | None) -> str | None:
        if url and hosts.is_sentinel(url):
            hosts.sentinels(url)
        elif url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss://, unix:// or redis+sentinel://")
        return url

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _are_origins(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else list(value)
        found = tuple(part.strip().lower().removesuffix("/") for part in parts if part.strip())
        if "*" in found:
            raise ValueError("must name each address; * would let every site in")
        if wrong := [origin for origin in found if not ORIGIN.fullmatch(origin)]:
            raise ValueError(f"must be addresses like https://bulq.example.org, not {', '.join(wrong)}")
        return found

    @field_validator("webhook_hosts", mode="before")
    @classmethod
    def _are_hosts(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else list(value)
        return tuple(part.strip().lower().strip("[]") for part in parts if part.strip())

    @field_validator("alert_email")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        if address and not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", address):
            raise ValueError("must be one address, such as ana@example.org")
        return address

    @field_validator("backup_target", "attachments_target")
    @classmethod
    def _is_a_folder_or_bucket(cls, target: str) -> str:
        if target and not re.fullmatch(r"file:///.+|s3://[^/]+(/.*)?", target):
            raise ValueError("must begin with file:/// or s3://bucket")
        return target

    @field_validator("backup_key", "backup_old_keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        given = keys.get_secret_value() if keys else ""
        for key in given.split(",") if info.field_name == "backup_old_keys" else [given]:
            try:
                right = len(b64decode(key.strip(), validate=True)) == 32
            except ValueError:
                right = False
            if given and not right:
                raise ValueError("a key must be 32 random bytes in base64; make one with: openssl rand -base64 32")
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
    def _sessions_end_in_order(self) -> Self:
        if self.session_days > self.session_days_absolute:
            raise ValueError("BULQ_SESSION_DAYS must not exceed BULQ_SESSION_DAYS_ABSOLUTE")
        return self

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *rest: Any, **named: Any
    ) -> tuple[Any, ...]:
        """Secrets may stand in files, which the environment names."""
        return init_settings, named["env_settings"], _secrets_in_files

    def model_post_init(self, context: Any) -> None:
        if not self.database_url:
            # Absolute, so that the same file is meant whatever directory a process works in later.
            object.__setattr__(self, "database_url", f"sqlite:///{(self.data / 'bulq.db').resolve()}")


def variable(field: str) -> str:
    """The name under which a setting is looked for."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


SECRET_SETTINGS = tuple(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))
VARIABLES = {variable(field): field for field in Settings.model_fields}
FROM_FILE = "_FILE"
LARGEST_SECRET = 10_000  # bytes of such a file
# Set by scripts/build.py alone: building takes no secrets, and what is built serves nobody.
BUILDING = "BULQ_BUILDING"


class WrongSettings(SystemExit):
    """Ends the process with one line per wrong variable, instead of a traceback."""


def load() -> Settings:
    """The settings of this process. Everything that is wrong with them is said at once."""
    found, wrong = None, {}
    try:
        found = Settings()
    except ValidationError as invalid:
        wrong = dict(_explain(error["loc"], error["msg"]) for error in invalid.errors(include_input=False))
    given = _given()
    wrong |= _from_files(os.environ)[1]
    typos = gate.unknown(
        os.environ, {*VARIABLES, *(f"{name}{FROM_FILE}" for name in secret_variables()), BUILDING}, PREFIX
    )
    if given.get("BULQ_ENV") == Environment.PRODUCTION and BUILDING not in os.environ:
        wrong = unsafe(given) | typos | wrong
    elif typos:
        print("\n".join(f"{name} {why}" for name, why in typos.items()), file=sys.stderr)
    if wrong or found is None:
        lines = [f"{name}: {why}" if name else why for name, why in wrong.items()]
        raise WrongSettings("Bulq can't start with these settings:\n  " + "\n  ".join(lines))
    return found


def secret_variables() -> list[str]:
    """The variables that hold a secret, each of which may be given as a file by NAME_FILE."""
    return [name for name, field in VARIABLES.items() if field in (*SECRET_SETTINGS, "database_url", "redis_url")]


def _from_files(environment: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The secrets that stand in files, by variable; and what is wrong with others, by the variable of the file."""
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in secret_variables():
        path = environment.get(f"{name}{FROM_FILE}", "")
        if not path:
            continue
        if environment.get(name):
            wrong[f"{name}{FROM_FILE}"] = f"is set, and so is {name}: give one of them"
            continue
        try:
            content = Path(path).read_bytes()
            if len(content) > LARGEST_SECRET:
                raise ValueError
            found[name] = content.decode().strip()
        except OSError as error:
            wrong[f"{name}{FROM_FILE}"] = f"can't be read: {error.strerror}"
        except ValueError:
            wrong[f"{name}{FROM_FILE}"] = "is no text file with a secret"
        else:
            if not found[name]:
                wrong[f"{name}{FROM_FILE}"] = "is empty"
    return found, wrong


def _secrets_in_files() -> dict[str, str]:
    """By field, as settings are given."""
    return {_field(name): secret for name, secret in _from_files(os.environ)[0].items()}


def _field(name: str) -> str:
    return VARIABLES[name] if name.startswith(PREFIX) else name


def _given() -> dict[str, str]:
    """What the environment and the files it names say, by the names in the documentation; empty counts as absent."""
    names = {name.lower(): name for name in VARIABLES}
    given = {names[key.lower()]: value for key, value in os.environ.items() if value and key.lower() in names}
    return given | _from_files(os.environ)[0]


def unsafe(given: Mapping[str, str]) -> dict[str, str]:
    """What is not good enough for a server others use, by variable."""
    secrets = {name: given.get(name, "") for name in secret_variables()}
    origins = [part.strip() for part in given.get("ALLOWED_ORIGINS", "").split(",") if part.strip()]
    redis = given.get("REDIS_URL", "")
    several = given.get("BULQ_PROCESSES", "1").strip() not in ("", "1")
    found: dict[str, str | None] = {
        name: "is a placeholder, not a secret" for name, value in secrets.items() if gate.is_placeholder(value)
    }
    found |= {name: gate.password_in(given.get(name, "")) for name in ("BULQ_SMTP_URL", "BULQ_S3_ENDPOINT")}
    found["SECRET_KEY"] = gate.secret_key(given.get("SECRET_KEY", ""))
    if repeated := gate.old_keys(given.get("SECRET_KEY_OLD", ""), given.get("SECRET_KEY", "")):
        found["SECRET_KEY_OLD"] = repeated
    found["DATABASE_URL"] = gate.database(given.get("DATABASE_URL", ""))
    found["ALLOWED_ORIGINS"] = gate.origins(origins)
    found["REDIS_URL"] = "is missing; several processes need it" if several and not redis else gate.password_in(redis)
    if given.get("BULQ_SECURE_COOKIES", "").strip().lower() in ("0", "false", "off", "no", "n", "f"):
        found["BULQ_SECURE_COOKIES"] = "must not be off while BULQ_ENV is production"
    return {name: why for name, why in found.items() if why}


def _explain(place: tuple[int | str, ...], message: str) -> tuple[str, str]:
    message = message.removeprefix("Value error, ")
    if not place:
        return "", message
    name = str(place[0])
    return name if name.isupper() else PREFIX + name.upper(), f"{message[0].lower()}{message[1:]}"


settings = load()
