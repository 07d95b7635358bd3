"""Encrypted streams: only the key opens them, and nothing can be changed unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulq.jobs.sealing import HEADER, PIECE, TAG, SealError, seal, unseal
from tests.jobs.conftest import KEY, OTHER_KEY

PLAIN = bytes(range(256)) * (PIECE // 64)  # four pieces
SEALED = b"".join(seal([PLAIN], KEY))
WHOLE = PIECE + TAG


def opened(sealed: bytes, *keys: str) -> bytes:
    return b"".join(unseal([sealed], keys or [KEY]))


@given(st.lists(st.binary(max_size=200)), st.integers(1, 100))
def test_what_was_sealed_is_opened_however_it_is_cut(pieces: list[bytes], cut: int) -> None:
    sealed = b"".join(seal(pieces, KEY))
    slices = [sealed[at : at + cut] for at in range(0, len(sealed), cut)]

    assert b"".join(unseal(slices, [KEY])) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_sizes_around_a_piece(size: int) -> None:
    assert opened(b"".join(seal([bytes(size)], KEY))) == bytes(size)


def test_no_two_are_alike() -> None:
    assert b"".join(seal([PLAIN], KEY)) != SEALED


def test_another_key_is_named_as_the_reason() -> None:
    with pytest.raises(SealError, match="another key"):
        opened(SEALED, OTHER_KEY)


def test_an_earlier_key_still_opens() -> None:
    assert opened(SEALED, OTHER_KEY, KEY) == PLAIN


@given(st.integers(0, len(SEALED) - 1))
def test_a_changed_byte_is_noticed(at: int) -> None:
    changed = bytearray(SEALED)
    changed[at] ^= 1

    with pytest.raises(SealError):
        opened(bytes(changed))


@given(st.integers(0, len(SEALED) - 1))
def test_a_cut_off_end_is_noticed(at: int) -> None:
    with pytest.raises(SealError):
        opened(SEALED[:at])


def test_swapped_and_repeated_pieces_are_noticed() -> None:
    head, one, two, rest = (
        SEALED[:HEADER],
        SEALED[HEADER : HEADER + WHOLE],
        SEALED[HEADER + WHOLE : HEADER + 2 * WHOLE],
        SEALED[HEADER + 2 * WHOLE :],
    )
    for wrong in (head + two + one + rest, head + one + one + two + rest, head + two + rest):
        with pytest.raises(SealError):
            opened(wrong)
