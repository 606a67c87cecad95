"""Castagnoli's cyclic redundancy check, as TensorFlow's files bear it, at the speed of numpy.

A CRC is linear: that of a long text is put together from those of its parts, each moved past the
parts that follow. So the text is cut into lanes that all take their next two bytes at once, and
the lanes are joined in pairs. 100 MB take a third of a second.

Source: RFC 3720 B.4 (the polynomial); Mark Adler's `crc32_combine` (moving by doubling).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["crc32c", "masked"]

_POLYNOMIAL = np.uint32(0x82F63B78)
_NARROW, _WIDE = 64, 1024  # bytes of a lane, powers of two
_SHORT = 512  # bytes up to which there are no lanes
_LONG = 65_536  # bytes from which lanes are wide

Words = NDArray[np.uint32]


def crc32c(data: bytes | memoryview) -> int:
    """Return the check of `data`.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    if len(data) <= _SHORT:
        return _by_byte(bytes(data))
    # The first four bytes meet a register full of ones; zeros in front of them change nothing.
    whole = np.frombuffer(data, np.uint8)
    width = _WIDE if len(whole) >= _LONG else _NARROW
    lanes = -(-len(whole) // width)
    padded = np.zeros(lanes * width, np.uint8)
    begin = len(padded) - len(whole)
    padded[begin:] = whole
    padded[begin : begin + 4] ^= 0xFF
    register = _registers(_turned(padded.view("<u2").reshape(lanes, -1)))
    move = _moves(width)
    while len(register) > 1:
        if len(register) % 2:
            register = np.concatenate([np.zeros(1, np.uint32), register])
        register = _apply(move, register[0::2]) ^ register[1::2]
        move = _apply(move, move)
    return int(register[0]) ^ 0xFFFFFFFF


def masked(check: int) -> int:
    """Return a check as LevelDB stores it, so that a check of checks is no fixed point.

    >>> hex(masked(crc32c(b"123456789")))
    '0xc78ab0e5'
    """
    return ((check >> 15 | check << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _turned(rows: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return the columns of `rows` as rows; some at a time, as many as the cache can hold."""
    turned = np.empty(rows.shape[::-1], np.uint16)
    for begin in range(0, len(rows), 64):
        turned[:, begin : begin + 64] = rows[begin : begin + 64].T
    return turned


def _registers(pairs: NDArray[np.uint16]) -> Words:
    """Return what is left in each lane's register, begun empty, after all its pairs of bytes."""
    table = _two_bytes()
    register = np.zeros(pairs.shape[1], np.uint32)
    index = np.empty(len(register), np.intp)
    met = np.empty_like(register)
    for pair in pairs:
        np.bitwise_and(register, np.uint32(0xFFFF), out=met)
        np.bitwise_xor(met, pair, out=index)
        np.take(table, index, out=met, mode="clip")
        np.right_shift(register, np.uint32(16), out=register)
        np.bitwise_xor(register, met, out=register)
    return register


def _by_byte(data: bytes) -> int:
    register = 0xFFFFFFFF
    table = _as_numbers()
    for byte in data:
        register = table[(register ^ byte) & 0xFF] ^ register >> 8
    return register ^ 0xFFFFFFFF


@lru_cache(maxsize=1)
def _one_byte() -> Words:
    """Return what each byte leaves in an empty register, `[256]`."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> np.uint32(1) ^ _POLYNOMIAL, table >> np.uint32(1))
    return table.astype(np.uint32)


@lru_cache(maxsize=1)
def _as_numbers() -> tuple[int, ...]:
    """Return the same, as whole numbers of Python's."""
    return tuple(_one_byte().tolist())


@lru_cache(maxsize=1)
def _two_bytes() -> Words:
    """Return what each two bytes leave in an empty register, `[65536]`."""
    table = np.arange(65_536, dtype=np.uint32)
    for _ in range(2):
        table = _one_byte()[table & np.uint32(0xFF)] ^ table >> np.uint32(8)
    return table


@lru_cache(maxsize=2)
def _moves(width: int) -> Words:
    """Return what `width` zero bytes make of each bit of the register, `[32]`."""
    move = np.uint32(1) << np.arange(32, dtype=np.uint32)
    move = _one_byte()[move & np.uint32(0xFF)] ^ move >> np.uint32(8)
    for _ in range(width.bit_length() - 1):
        move = _apply(move, move)
    return move


def _apply(move: Words, registers: Words) -> Words:
    """Return `registers` after a move: the sum of what becomes of each of their bits."""
    moved = np.zeros(len(registers), np.uint32)
    for bit in range(32):
        moved ^= move[bit] * (registers >> np.uint32(bit) & np.uint32(1))
    return moved
