"""Where the leaves of a resource come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from amlctl.diagnostics import JsonPath

if TYPE_CHECKING:
    from amlctl.arm.instances import Instance


class Origins(Mapping[JsonPath, tuple[JsonPath, ...]]):
    """Looked up leaf by leaf, worked out when asked."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def __getitem__(self, path: JsonPath) -> tuple[JsonPath, ...]:
        """The paths in the root template that a leaf of the body came from."""
        return ((*self.instance.path, *path),)

    def __iter__(self) -> Iterator[JsonPath]:
        """Nothing is listed."""
        return iter(())

    def __len__(self) -> int:
        """Nothing is listed."""
        return 0
