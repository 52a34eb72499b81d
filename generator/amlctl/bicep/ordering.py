"""The order in which .NET sorts names by culture: letters without case first, marks before digits before letters."""

from __future__ import annotations

_MARKS = "_-,;:!?.'\"()[]{}@*/\\&#%^+<=>|~$"
_RANKS = {mark: rank for rank, mark in enumerate(_MARKS)}
_DIGITS, _LETTERS, _OTHERS = 100, 200, 1000


def culture_key(text: str) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """A key to sort texts by: first without case, then lower case before upper."""
    return tuple([_rank(character) for character in text]), tuple([character.isupper() for character in text])


def _rank(character: str) -> int:
    mark = _RANKS.get(character)
    if mark is not None:
        return mark
    if character.isascii():
        if character.isdigit():
            return _DIGITS + ord(character)
        return _LETTERS + ord(character.lower())
    return _OTHERS + ord(character.lower()[0])
