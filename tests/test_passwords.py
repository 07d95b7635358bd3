"""Which passwords are refused because they are easy to guess."""

import asyncio

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from bulq import passwords
from bulq.domain.errors import Invalid

NAMES = ("Marijana Petrović", "mara_p77", "Zelena pijaca")


def is_refused(password: str) -> bool:
    try:
        passwords.check_new(password, NAMES)
    except Invalid as refusal:
        assert (refusal.key, refusal.field) == ("password_guessable", "password")
        return True
    return False


def test_the_ten_thousand_most_used_passwords_are_refused() -> None:
    most_used = [each for each in FREQUENCY_LISTS["passwords"][:10_000] if len(each) >= 10]

    assert len(most_used) > 200
    assert [each for each in most_used if not is_refused(each)] == []


@pytest.mark.parametrize(
    "password",
    [
        "Password123!",
        "1q2w3e4r5t",
        "0987654321",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiop1",
        "01.01.2000",
        "p@ssw0rd12",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        *("marijana2024", "MarijanaPetrovic", "Petrović99!", "petrovic123", "mara_p77mara_p77", "m4r1j4n4!!"),
        *("zelenapijaca", "Zelena pijaca 1", "acajipanelez", "pijaca2025", "zelena-pijaca!"),
    ],
)
def test_what_is_like_ones_name_or_ones_groups_is_refused(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tomatoes-on-tuesday", "Три шарене лопте", "fK7#qp-20Zx", "x9" * 3 + "!kw7 zu"],
)
def test_other_passwords_are_taken(password: str) -> None:
    assert not is_refused(password)


async def test_the_longest_password_holds_up_no_event() -> None:
    worst = [passwords.hashed_if_good(("ss55$$aa@@44l1!|i7" * 8)[:128], NAMES) for _ in range(3)]
    waiting = asyncio.gather(*worst, return_exceptions=True)
    late = 0.0
    while not waiting.done():
        before = asyncio.get_running_loop().time()
        await asyncio.sleep(0.01)
        late = max(late, asyncio.get_running_loop().time() - before - 0.01)

    assert late < 0.25
