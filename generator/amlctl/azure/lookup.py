"""The cloud that an environment file names."""

from __future__ import annotations

from amlctl.azure.clouds import KNOWN, Cloud


def cloud(name: str) -> Cloud:
    """Give the cloud that an environment file names: one of the three, or the one that its document describes.

    Raises what ``metadata.fetch`` raises for an address; for a word nothing is read.
    """
    if name in KNOWN:
        return KNOWN[name]
    from amlctl.azure.metadata import fetch

    return fetch(name)
