"""Where the compiler gets its texts from: a ``Files`` value, in memory or on disk. It reads nothing else."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Files(Protocol):
    """What the compiler may ask of the outside world. Paths use ``/``; a missing file is an OSError."""

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""

    def list_directory(self, path: str) -> list[str]:
        """Give the paths of the files in a folder, not of those below; an OSError where there is no such folder."""

    def load_yaml(self, text: str) -> Any:
        """Give the value of a YAML text as JSON-like Python values; a ValueError where it is no YAML."""

    def environment_variable(self, name: str) -> str | None:
        """Give an environment variable, for ``readEnvironmentVariable`` of parameters files."""

    def home(self) -> str:
        """Give the user's home folder, below which the module cache lies by default; empty: there is none."""


def no_yaml(_: str) -> Any:
    """Refuse YAML: the reader is brought by whoever makes the Files value."""
    raise ValueError("no YAML reader was given to the compiler")


class MemoryFiles:
    """Files by path in a mapping; texts or bytes. For rendered sets and tests."""

    def __init__(
        self,
        files: Mapping[str, str | bytes],
        *,
        load_yaml: Callable[[str], Any] = no_yaml,
        environment: Mapping[str, str] | None = None,
        home: str = "",
    ) -> None:
        self._files = {posixpath.normpath(path): content for path, content in files.items()}
        self._yaml, self._environment, self._home = load_yaml, environment or {}, home

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        try:
            content = self._files[path]
        except KeyError:
            raise FileNotFoundError(path) from None
        return content if isinstance(content, bytes) else content.encode()

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        return path in self._files

    def list_directory(self, path: str) -> list[str]:
        """Give the paths of the files in a folder."""
        folder = posixpath.normpath(path)
        inside = "" if folder == "." else folder.rstrip("/") + "/"
        if not any(name.startswith(inside) for name in self._files):
            raise FileNotFoundError(path)
        return sorted(name for name in self._files if posixpath.dirname(name) == inside.rstrip("/"))

    def load_yaml(self, text: str) -> Any:
        """Give the value of a YAML text."""
        return self._yaml(text)

    def environment_variable(self, name: str) -> str | None:
        """Give an environment variable of the given ones."""
        return self._environment.get(name)

    def home(self) -> str:
        """Give the home folder that was given."""
        return self._home


class DiskFiles:
    """The files of this machine; relative paths count from ``root``."""

    def __init__(self, root: str = ".", *, load_yaml: Callable[[str], Any] = no_yaml) -> None:
        self._root, self._yaml = root, load_yaml

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        with open(os.path.join(self._root, path), "rb") as file:
            return file.read()

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        return os.path.isfile(os.path.join(self._root, path))

    def list_directory(self, path: str) -> list[str]:
        """Give the paths of the files in a folder."""
        folder = os.path.join(self._root, path)
        if not os.path.isdir(folder):
            raise FileNotFoundError(path)
        with os.scandir(folder) as entries:
            found = [posixpath.join(path, entry.name) for entry in entries if entry.is_file()]
        return sorted(found)

    def load_yaml(self, text: str) -> Any:
        """Give the value of a YAML text."""
        return self._yaml(text)

    def environment_variable(self, name: str) -> str | None:
        """Give an environment variable of this process."""
        return os.environ.get(name)

    def home(self) -> str:
        """Give the user's home folder."""
        return os.path.expanduser("~").replace(os.sep, "/")


def beside(file: str, reference: str) -> str:
    """Give the path of a reference that stands in a file (``./x.bicep`` in ``a/main.bicep`` is ``a/x.bicep``)."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), reference))


def relative_to(file: str, entry: str) -> str:
    """Give a file's path as seen from the folder of another file."""
    folder = posixpath.dirname(entry) or "."
    return posixpath.relpath(file, folder) if not posixpath.isabs(file) or posixpath.isabs(folder) else file


def decode(content: bytes) -> str:
    """Give the text of a Bicep or JSON file: UTF-8 unless a byte order mark says otherwise; line ends stay."""
    if content[:3] == b"\xef\xbb\xbf":
        return content[3:].decode("utf-8", "replace")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8", "replace")
