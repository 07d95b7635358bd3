"""Encryption of a stream in pieces: AES-256-GCM by `cryptography`, each piece bound to its place, the last marked.

A file begins with MAGIC, 8 bytes that tell the key, and 16 random bytes from which, with the key, its own key is
derived; a counter can therefore be the nonce. Cutting off, swapping or changing pieces is noticed.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from os import urandom
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"BULQ1"
PIECE = 1 << 18
TAG = 16
HEADER = len(MAGIC) + 8 + 16


class SealError(Exception):
    """The key is another one, or the file was damaged; the message says which."""


def seal(pieces: Iterable[bytes], key: str) -> Iterator[bytes]:
    secret = b64decode(key)
    header = MAGIC + _mark(secret) + urandom(16)
    yield header
    cipher = _cipher(secret, header)
    for number, last, piece in _regular(pieces, PIECE):
        yield cipher.encrypt(_nonce(number, last), piece, header)


def unseal(pieces: Iterable[bytes], keys: Sequence[str]) -> Iterator[bytes]:
    """The plain bytes; SealError when no key fits or anything was changed, possibly after some pieces came out."""
    from cryptography.exceptions import InvalidTag

    stream = iter(pieces)
    head = b""
    while len(head) < HEADER and (piece := next(stream, None)) is not None:
        head += piece
    header, rest = head[:HEADER], head[HEADER:]
    cipher = _cipher(_fitting(header, keys), header)
    for number, last, piece in _regular(_joined(rest, stream), PIECE + TAG):
        try:
            yield cipher.decrypt(_nonce(number, last), piece, header)
        except InvalidTag:
            raise SealError("the encrypted file is damaged") from None


def _joined(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _fitting(header: bytes, keys: Sequence[str]) -> bytes:
    if len(header) < HEADER or not header.startswith(MAGIC):
        raise SealError("this is no encrypted backup, or its beginning is damaged")
    mark = header[len(MAGIC) : len(MAGIC) + 8]
    for secret in map(b64decode, keys):
        if _mark(secret) == mark:
            return secret
    raise SealError("it was encrypted with another key than those given")


def _mark(secret: bytes) -> bytes:
    return sha256(b"bulq backup key " + secret).digest()[:8]


def _cipher(secret: bytes, header: bytes) -> AESGCM:
    # 7 MB of memory that only backups need: every process that serves imports this module.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=header[-16:], info=b"bulq backup").derive(secret))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _regular(pieces: Iterable[bytes], size: int) -> Iterator[tuple[int, bool, bytes]]:
    """The same bytes in pieces of one size, numbered; only the last is shorter, or empty."""
    held, number = bytearray(), 0
    for piece in pieces:
        held += piece
        while len(held) > size:
            yield number, False, bytes(held[:size])
            del held[:size]
            number += 1
    yield number, True, bytes(held)
