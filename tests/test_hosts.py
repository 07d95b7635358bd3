"""Addresses that name several servers are understood in every common spelling, and refused where they lead astray."""

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL

from bulq.config import Settings
from bulq.hosts import Sentinels, postgresql_url, sentinels

TWO = "postgresql+psycopg://ana:s%2Fcret@/bulq?host=one,two&port=5432,5433&target_session_attrs=read-write&connect_timeout=3"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:s%2Fcret@one:5432,two:5433/bulq",
        "postgres://ana:s%2Fcret@one,two:5433/bulq?target_session_attrs=read-write",
        "postgresql://ana:s%2Fcret@/bulq?host=one,two&port=5432,5433",
        "postgresql+psycopg://ana:s%2Fcret@/bulq?host=one:5432&host=two:5433",
        TWO,
    ],
)
def test_several_hosts_are_one_address_however_they_are_written(url: str) -> None:
    assert Settings.model_validate({"DATABASE_URL": url}).database_url == TWO


@pytest.mark.parametrize(
    "url", ["postgresql://ana@one/bulq", "postgresql://ana@/bulq?host=/run/postgresql", "postgresql://[::1]:5432/bulq"]
)
def test_an_address_of_one_host_stays_as_it_is(url: str) -> None:
    assert postgresql_url(url) == url


def test_what_else_the_address_says_is_kept() -> None:
    url = make_url(postgresql_url("postgresql://ana@[fe80::1]:6432,two/bulq?sslmode=require&connect_timeout=9"))

    assert url.query["host"] == "fe80::1,two" and url.query["port"] == "6432,5432"
    assert url.query["sslmode"] == "require" and url.query["connect_timeout"] == "9"
    assert isinstance(url, URL) and url.database == "bulq" and url.username == "ana"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://one,two/bulq?target_session_attrs=any",
        "postgresql://one,two/bulq?target_session_attrs=prefer-standby",
        "postgresql://one,two/bulq?port=1,2,3",
        "postgresql://one:port,two/bulq",
    ],
)
def test_an_address_that_may_lead_to_a_standby_or_nowhere_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Settings.model_validate({"DATABASE_URL": url})


def test_an_address_of_sentinels_names_them_the_service_and_who_may_enter() -> None:
    url = "rediss+sentinel://bulq:s%40cret@one:26380,[::1]/main/2?sentinel_password=other"

    assert Settings.model_validate({"REDIS_URL": url}).redis_url == url
    assert sentinels(url) == Sentinels(
        (("one", 26380), ("::1", 26379)),
        "main",
        2,
        True,
        {"username": "bulq", "password": "s@cret"},
        {"password": "other"},
    )


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://one:26379",
        "redis+sentinel:///main",
        "redis+sentinel://one/main/first",
        "redis+sentinel://one:port/main",
        "redis+sentinel://one/main?sentinel_pasword=typo",
    ],
)
def test_an_address_of_sentinels_that_lacks_something_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Settings.model_validate({"REDIS_URL": url})
