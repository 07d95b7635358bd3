"""What is sealed is read with its key alone, where it belongs alone, and outlives a change of keys."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bulq import sealed
from bulq.config import settings

OLD, NEW = "oLd-Yk0q_TzR8wLmA5sXnEoJ7bGdHuPi2fQ9", "nEw-x9_Lq0ZtW7vC3-Yk0q_TzR8wLmA5sXn"
PLAIN = b"165000000000005574"


def use(current: str | None, *old: str) -> None:
    settings.secret_key = SecretStr(current) if current else None
    settings.secret_key_old = SecretStr(",".join(old)) if old else None


@given(st.binary(max_size=2000), st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_it_is_read_as_it_was(plain: bytes, bound: list[str]) -> None:
    content = sealed.seal(plain, *bound)

    assert sealed.unseal(content, *bound) == plain and sealed.is_current(content)
    assert len(plain) < 4 or plain not in content


def test_the_same_is_sealed_in_another_way_each_time() -> None:
    assert sealed.seal(PLAIN, "payout") != sealed.seal(PLAIN, "payout")


@pytest.mark.parametrize("bound", [(), ("payout",), ("payout", "mila"), ("payout", "bojan", "iban"), ("payoutbojan",)])
def test_elsewhere_it_can_not_be_read(bound: tuple[str, ...]) -> None:
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(sealed.seal(PLAIN, "payout", "bojan"), *bound)


def test_any_change_is_noticed() -> None:
    content = sealed.seal(PLAIN, "payout")

    for at in range(len(content)):
        with pytest.raises(sealed.Unreadable):
            sealed.unseal(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], "payout")
        with pytest.raises(sealed.Unreadable):
            sealed.unseal(content[:at], "payout")


def test_an_earlier_key_reads_and_the_new_one_seals() -> None:
    use(OLD)
    before = sealed.seal(PLAIN, "payout")
    use(NEW)
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(before, "payout")

    use(NEW, "another", OLD)

    assert sealed.unseal(before, "payout") == PLAIN and not sealed.is_current(before)
    after = sealed.seal(PLAIN, "payout")
    use(NEW)
    assert sealed.unseal(after, "payout") == PLAIN and sealed.is_current(after)


def test_an_earlier_key_with_a_comma_in_it_is_understood() -> None:
    use("with,a comma")
    before = sealed.seal(PLAIN)
    use(NEW, "with,a comma")

    assert sealed.unseal(before) == PLAIN


def test_a_key_does_not_show_in_what_it_seals() -> None:
    use(OLD)

    assert OLD.encode() not in sealed.seal(PLAIN)


def test_while_developing_one_key_is_made_and_kept(tmp_path: Path) -> None:
    settings.data = tmp_path / "new"
    use(None)

    with ThreadPoolExecutor(8) as pool:
        contents = list(pool.map(lambda _: sealed.seal(PLAIN), range(16)))

    file = settings.data / sealed.OWN_KEY
    assert [path.name for path in settings.data.iterdir()] == [sealed.OWN_KEY]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sealed._own_key.cache_clear()  # as after a restart
    assert all(sealed.unseal(content) == PLAIN for content in contents)
    use(NEW, file.read_text())
    assert sealed.unseal(contents[0]) == PLAIN


def test_a_key_file_that_is_empty_is_said(tmp_path: Path) -> None:
    settings.data = tmp_path
    (tmp_path / sealed.OWN_KEY).touch()
    use(None)

    with pytest.raises(RuntimeError, match=r"secret\.key is empty"):
        sealed.seal(PLAIN)
