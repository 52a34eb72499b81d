"""bicepconfig.json: the nearest one above a file, and what the compiler needs of it."""

from __future__ import annotations

import posixpath
from typing import Any

from amlctl.bicep.jsontext import loads
from amlctl.bicep.source import Files, decode
from amlctl.records import NamedTuple

NAME = "bicepconfig.json"
EXPERIMENTAL = frozenset(
    ("assertions", "testFramework", "waitUntil", "localDeploy", "moduleExtensionConfigs", "resourceInfoCodegen",
     "deployCommands", "extensibility", "resourceTypedParamsAndOutputs", "userDefinedConstraints", "thisNamespace",
     "desiredStateConfiguration", "optionalModuleNames", "ociEnabled", "patch")
)  # fmt: skip


class Configuration(NamedTuple):
    """One file's settings. ``path`` is the configuration file, None where there is none; ``fault`` says what is bad."""

    path: str | None = None
    values: dict[str, Any] = {}  # noqa: RUF012  (never written to)
    fault: str = ""

    def get(self, *keys: str) -> Any:
        """Give a setting by its path, None where it is not set."""
        value: Any = self.values
        for key in keys:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    @property
    def symbolic_names(self) -> bool:
        """Whether every template gets symbolic names."""
        return self.get("experimentalFeaturesEnabled", "symbolicNameCodegen") is True

    def module_alias(self, scheme: str, alias: str) -> dict[str, Any] | None:
        """Give what an alias of ``br/alias:`` or ``ts/alias:`` stands for."""
        found = self.get("moduleAliases", scheme, alias)
        if isinstance(found, dict):
            return found
        if scheme == "br" and alias == "public":
            return {"registry": "mcr.microsoft.com", "modulePath": "bicep"}
        return None


def find_configuration(files: Files, file: str, known: dict[str, Configuration]) -> Configuration:
    """Give the settings that hold for a file: of the nearest bicepconfig.json in its folder or above.

    ``known`` remembers the answers by folder.
    """
    folder = posixpath.dirname(file)
    found = known.get(folder)
    if found is None:
        found = known[folder] = _search(files, folder)
    return found


def _search(files: Files, folder: str) -> Configuration:
    for _ in range(100):
        path = posixpath.join(folder, NAME) if folder else NAME
        if files.is_file(path):
            return _read(files, path)
        above = posixpath.dirname(folder)
        if above == folder:
            break
        folder = above
    return Configuration()


def _read(files: Files, path: str) -> Configuration:
    try:
        values = loads(decode(files.read(path)))
    except (OSError, ValueError) as error:
        return Configuration(path, {}, str(error))
    if not isinstance(values, dict):
        return Configuration(path, {}, "the file holds no object")
    return Configuration(path, values)
