"""The cookie that carries a session, and what protects passwords at its real cost, which other tests do without."""

import subprocess
import sys

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from bulq import passwords, sessions
from bulq.config import settings
from tests.databases import ROOT

HASH = "from bulq import passwords; print(passwords.hash_password('A rather long one'))"


def test_a_password_is_as_hard_to_guess_as_the_rfc_asks() -> None:
    made = subprocess.run([sys.executable, "-c", HASH], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    stored = made.stdout.strip()

    assert extract_parameters(stored) == RFC_9106_LOW_MEMORY
    assert passwords.password_matches("A rather long one", stored)
    assert not passwords.password_matches("A rather long two", stored)


BESIDE = [
    *('pref={"a":1}', "a=b c", 'x="unclosed', "novalue", "foo[bar]=1", "b@d=1", "ü=1", "=", "=x", "", " ", "a=b=c"),
    *('"', "bulq", "bulq=", "bulq=old", "BULQ=x", "xbulq=x", "bulqx=x", 'bulq="', "$Version=1", "a=1,b=2", "\x7f=\x80"),
]


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("secure", [False, True])
def test_the_session_cookie_is_found_whatever_stands_beside_it(beside: str, secure: bool) -> None:
    settings.secure_cookies = secure
    token, twin = sessions.new_token(), f"bulq={sessions.new_token()}" if secure else "__Host-bulq=x"
    ours = f"{sessions.cookie_name()}={token}"

    for header in (f"{beside}; {ours}", f"{ours}; {beside}", f"{beside};{ours};{beside}", f"{twin}; {beside}; {ours}"):
        assert sessions.token_in(header) == token
    assert sessions.token_in(beside) is None
    assert sessions.token_in(f"{twin}; {beside}") is None


def test_the_first_of_two_session_cookies_counts() -> None:
    one, other = sessions.new_token(), sessions.new_token()

    assert sessions.token_in(f"bulq={one}; bulq={other}") == one
    assert sessions.token_in(f'bulq="{one}"') == one
