"""ARM's 64-bit hash and ``uniqueString``, for every room that needs them. Imports nothing of the package."""

from __future__ import annotations

from struct import unpack

_MASK = 0xFFFFFFFF
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def murmur64(data: bytes) -> int:
    """Hash bytes as ARM does: a relative of Murmur with two 32-bit lanes (template hash and ``uniqueString``)."""
    size = len(data)
    end = size - size % 8
    first = second = 0
    # A rotation's bits above the 32nd need no mask of their own: the multiplication that follows is taken modulo 2**32.
    words = iter(unpack(f"<{end // 4}I", data[:end]))
    for key_first, key_second in zip(words, words, strict=True):
        key = key_first * 0x239B961B & 0xFFFFFFFF
        first ^= (key << 15 | key >> 17) * 0xAB0E9789 & 0xFFFFFFFF
        first = ((first << 19 | first >> 13) + second) * 5 + 0x561CCD1B & 0xFFFFFFFF
        key = key_second * 0xAB0E9789 & 0xFFFFFFFF
        second ^= (key << 17 | key >> 15) * 0x239B961B & 0xFFFFFFFF
        second = ((second << 13 | second >> 19) + first) * 5 + 0x0BCAA747 & 0xFFFFFFFF
    if size > end:
        first ^= _scramble_first(int.from_bytes(data[end : end + 4], "little"))
    if size > end + 4:
        second ^= _scramble_second(int.from_bytes(data[end + 4 :], "little"))
    first, second = _add_crosswise(first ^ size, second ^ size)
    first, second = _add_crosswise(_finish(first), _finish(second))
    return second << 32 | first


def unique_string(*parts: str) -> str:
    """Give the 13 characters (a–z, 2–7) that ARM's ``uniqueString(parts…)`` gives; letter case of the input counts."""
    value = murmur64("-".join(parts).encode())
    return "".join(_ALPHABET[(value << 5 * index & 0xFFFFFFFFFFFFFFFF) >> 59] for index in range(13))


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & _MASK


def _scramble_first(key: int) -> int:
    return _rotate(key * 0x239B961B & _MASK, 15) * 0xAB0E9789 & _MASK


def _scramble_second(key: int) -> int:
    return _rotate(key * 0xAB0E9789 & _MASK, 17) * 0x239B961B & _MASK


def _add_crosswise(first: int, second: int) -> tuple[int, int]:
    first = (first + second) & _MASK
    return first, (second + first) & _MASK


def _finish(lane: int) -> int:
    """Murmur3's 32-bit finaliser."""
    lane = (lane ^ lane >> 16) * 0x85EBCA6B & _MASK
    lane = (lane ^ lane >> 13) * 0xC2B2AE35 & _MASK
    return lane ^ lane >> 16
