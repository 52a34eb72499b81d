"""Names that people chose → Bicep symbols: readable, legal, and never the same twice."""

from __future__ import annotations

import re
from collections.abc import Iterable


def camel(text: str) -> str:
    """Write words as one camel-case identifier: ``AzureML Data Scientist`` → ``azureMLDataScientist``."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    joined = "".join(word[0].upper() + word[1:] for word in words)
    if not joined:
        return "item"
    # A leading run of capitals (AML, GPU) becomes small as a whole: `AML store` → `amlStore`.
    match = re.match(r"[A-Z]+(?![a-z])|[A-Z]", joined)
    head = match[0] if match else ""
    symbol = head.lower() + joined[len(head) :]
    return symbol if symbol[0].isalpha() else f"n{symbol}"


class Symbols:
    """Hands out symbols of one file."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, name: str, suffix: str) -> str:
        """Make the symbol of a named thing; the suffix (its kind) keeps kinds apart."""
        stem = camel(name)
        symbol = stem if stem.lower().endswith(suffix.lower()) else stem + suffix
        number = 2
        chosen = symbol
        while chosen in self._taken:
            chosen, number = f"{symbol}{number}", number + 1
        self._taken.add(chosen)
        return chosen
