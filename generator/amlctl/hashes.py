"""ARM's 64-bit hash and ``uniqueString``, for every room that needs them. Imports nothing of the package."""

from __future__ import annotations

from struct import unpack

_MASK = 0xFFFFFFFF
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_LANES = 1024
_EVERY = int.from_bytes(b"\xff\xff\xff\xff\0\0\0\0" * _LANES, "little")
_FIRST, _SECOND = (0x239B961B, 15, 0xAB0E9789), (0xAB0E9789, 17, 0x239B961B)


def murmur64(data: bytes) -> int:
    """Hash bytes as ARM does: a relative of Murmur with two 32-bit lanes (template hash and ``uniqueString``)."""
    size = len(data)
    end = size - size % 8
    first = second = 0
    for at in range(0, end, 8 * _LANES):
        blocks = int.from_bytes(data[at : min(end, at + 8 * _LANES)], "little")
        count = min(end - at, 8 * _LANES) // 8
        for key_first, key_second in zip(
            _scrambled(blocks, count, *_FIRST), _scrambled(blocks >> 32, count, *_SECOND), strict=True
        ):
            key_first ^= first  # noqa: PLW2901  (this loop is the whole cost of a template's hash)
            first = ((key_first << 19 | key_first >> 13) + second) * 5 + 0x561CCD1B & 0xFFFFFFFF
            key_second ^= second  # noqa: PLW2901
            second = ((key_second << 13 | key_second >> 19) + first) * 5 + 0x0BCAA747 & 0xFFFFFFFF
    if size > end:
        first ^= _scramble(int.from_bytes(data[end : end + 4], "little"), *_FIRST)
    if size > end + 4:
        second ^= _scramble(int.from_bytes(data[end + 4 :], "little"), *_SECOND)
    first, second = _add_crosswise(first ^ size, second ^ size)
    first, second = _add_crosswise(_finish(first), _finish(second))
    return second << 32 | first


def unique_string(*parts: str) -> str:
    """Give the 13 characters (a–z, 2–7) that ARM's ``uniqueString(parts…)`` gives; letter case of the input counts."""
    value = murmur64("-".join(parts).encode("utf-8", "surrogatepass"))
    return "".join(_ALPHABET[(value << 5 * index & 0xFFFFFFFFFFFFFFFF) >> 59] for index in range(13))


def _scrambled(blocks: int, count: int, before: int, bits: int, after: int) -> tuple[int, ...]:
    """Scramble the lower half of every 8-byte block at once.

    One long integer holds a block in each 64 bits, so a multiplication by 32 bits never reaches its neighbour.
    """
    mask = _EVERY if count == _LANES else _EVERY & (1 << 64 * count) - 1
    keys = (blocks & mask) * before & mask
    keys = ((keys << bits | keys >> 32 - bits) & mask) * after & mask
    return unpack(f"<{count}Q", keys.to_bytes(8 * count, "little"))


def _scramble(key: int, before: int, bits: int, after: int) -> int:
    key = key * before & _MASK
    return (key << bits | key >> 32 - bits) * after & _MASK


def _finish(value: int) -> int:
    value = (value ^ value >> 16) * 0x85EBCA6B & _MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & _MASK
    return value ^ value >> 16


def _add_crosswise(first: int, second: int) -> tuple[int, int]:
    first = (first + second) & _MASK
    return first, (second + first) & _MASK
