"""Registry references and template specs to files of the official module cache; the network is never asked."""

from __future__ import annotations

import posixpath
import re

from amlctl.bicep.config import Configuration
from amlctl.bicep.source import Files
from amlctl.records import NamedTuple

_REFERENCE = re.compile(r"(?P<scheme>br|ts)(?:/(?P<alias>[A-Za-z0-9_-]+))?:(?P<rest>.+)\Z", re.DOTALL)
_OCI = re.compile(r"(?P<registry>[^/]+)/(?P<repository>[^:@]+)(?:@(?P<digest>[^@]+)|:(?P<tag>[^:/]+))\Z")
_SPEC = re.compile(r"(?P<subscription>[^/]+)/(?P<group>[^/]+)/(?P<name>[^/:]+):(?P<version>[^/:]+)\Z")


class Artifact(NamedTuple):
    """A reference that is understood: its full text and the file in the cache; ``fault`` says what is wrong with it."""

    reference: str
    path: str = ""
    template_spec: bool = False
    code: str = ""
    fault: str = ""


def is_registry_reference(reference: str) -> bool:
    """Tell whether a module path is a registry reference or a template spec, not a file."""
    return _REFERENCE.match(reference) is not None


def artifact(files: Files, configuration: Configuration, reference: str) -> Artifact:
    """Find where the cache holds what a reference stands for."""
    match = _REFERENCE.match(reference)
    assert match is not None
    scheme, alias, rest = match.group("scheme", "alias", "rest")
    if alias is not None:
        found = configuration.module_alias(scheme, alias)
        if found is None:
            code, kind = ("BCP213", "OCI artifact") if scheme == "br" else ("BCP212", "Template Spec")
            name = f'The {kind} module alias name "{alias}" does not exist'
            where = (
                f'the Bicep configuration "{configuration.path}"'
                if configuration.path
                else "the built-in Bicep configuration"
            )
            return Artifact(reference, code=code, fault=f"{name} in {where}.")
        rest = _expand(scheme, found, rest)
    root = cache_root(files, configuration)
    return _oci(root, rest) if scheme == "br" else _template_spec(root, rest)


def _expand(scheme: str, alias: dict[str, object], rest: str) -> str:
    if scheme == "br":
        parts = [str(alias.get("registry", "")), str(alias.get("modulePath") or "").strip("/"), rest]
    else:
        parts = [str(alias.get("subscription", "")), str(alias.get("resourceGroup", "")), rest]
    return "/".join(part for part in parts if part)


def cache_root(files: Files, configuration: Configuration) -> str:
    """Give the cache's folder: ``cacheRootDirectory`` of the configuration, else ``~/.bicep``."""
    chosen = configuration.get("cacheRootDirectory")
    if isinstance(chosen, str) and chosen:
        home = files.home()
        chosen = chosen.replace("\\", "/")
        if home and (chosen == "~" or chosen.startswith("~/")):
            return posixpath.normpath(home + chosen[1:])
        folder = posixpath.dirname(configuration.path or "")
        return posixpath.normpath(posixpath.join(folder, chosen))
    return posixpath.join(files.home(), ".bicep")


def _oci(root: str, rest: str) -> Artifact:
    match = _OCI.match(rest)
    if match is None:
        return Artifact(
            f"br:{rest}",
            code="BCP193",
            fault=f'The specified OCI artifact reference "br:{rest}" is not valid. Specify a reference in the '
            'format of "br:<artifact-uri>:<tag>", or "br/<module-alias>:<module-name-or-path>:<tag>".',
        )
    registry, repository, digest, tag = match.group("registry", "repository", "digest", "tag")
    last = digest.replace(":", "#") if digest else encode_tag(tag)
    folder = f"br/{registry.replace(':', '$').lower()}/{repository.replace('/', '$')}/{last}"
    return Artifact(f"br:{rest}", f"{root}/{folder}/main.json")


def encode_tag(tag: str) -> str:
    """Give a tag's folder: the tag, ``$`` and the hexadecimal mask of its upper-case letters."""
    mask = sum(1 << at for at, character in enumerate(tag) if character.isupper())
    return f"{tag}${mask:x}" if mask else f"{tag}$"


def _template_spec(root: str, rest: str) -> Artifact:
    match = _SPEC.match(rest)
    if match is None:
        return Artifact(
            f"ts:{rest}",
            template_spec=True,
            code="BCP192",
            fault=f'The specified Template Spec reference "ts:{rest}" is not valid. Specify a reference in the '
            'format of "ts:<subscriptionId>/<resourceGroupName>/<templateSpecName>:<version>", or '
            '"ts/<module-alias>:<templateSpecName>:<version>".',
        )
    folder = "/".join(match.group("subscription", "group", "name", "version")).lower()
    return Artifact(f"ts:{rest}", f"{root}/ts/{folder}/main.json", template_spec=True)
