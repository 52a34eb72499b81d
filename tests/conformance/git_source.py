"""Files of a public repository, read from a checkout or from a bare git folder; nothing is written."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path


class GitSource:
    """A repository that the user has: `files` lists paths under a folder, `read` gives one file's bytes."""

    def __init__(self, place: Path) -> None:
        inner = place / "repo"
        self.place = inner if not (place / "HEAD").is_file() and (inner / "HEAD").is_file() else place
        self.bare = (self.place / "HEAD").is_file() and (self.place / "objects").is_dir()
        self._reader: subprocess.Popen[bytes] | None = None

    def _git(self, *arguments: str) -> bytes:
        command = ["git", "--git-dir", str(self.place), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def commit(self) -> str:
        """Name the commit that is read; empty for a checkout without git."""
        folder = self.place if self.bare else self.place / ".git"
        if not folder.exists():
            return ""
        command = ["git", "--git-dir", str(folder), "rev-parse", "HEAD"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()

    def files(self, under: str) -> Iterator[str]:
        """Give the paths of all files under a folder, in order, with forward slashes."""
        if self.bare:
            listed = self._git("ls-tree", "-r", "-z", "--name-only", "HEAD", under).decode()
            yield from (name for name in listed.split("\0") if name)
            return
        for path in sorted((self.place / under).rglob("*")):
            if path.is_file():
                yield path.relative_to(self.place).as_posix()

    def read(self, path: str) -> bytes:
        """Give the bytes of one file. Raises FileNotFoundError."""
        if not self.bare:
            return (self.place / path).read_bytes()
        if self._reader is None:
            command = ["git", "--git-dir", str(self.place), "cat-file", "--batch"]
            self._reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        reader = self._reader
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write(f"HEAD:{path}\n".encode())
        reader.stdin.flush()
        header = reader.stdout.readline().split()
        if len(header) != 3:
            raise FileNotFoundError(path)
        content = reader.stdout.read(int(header[2]))
        reader.stdout.read(1)
        return content

    def close(self) -> None:
        """End the reading process."""
        if self._reader is not None:
            self._reader.communicate()
            self._reader = None
