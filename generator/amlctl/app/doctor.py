"""``amlctl doctor``: what is there, and what to do about what is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from amlctl.app.connect import connect, target
from amlctl.app.project import Project, find, load_all
from amlctl.diagnostics import has_errors
from amlctl.errors import AmlctlError, ConfigurationInvalid

if TYPE_CHECKING:
    from amlctl.azure import Arm
    from amlctl.environment import Environment

PACKAGES: tuple[str, ...] = (
    "azure-core",
    "azure-identity",
    "azure-mgmt-resource",
    "azure-mgmt-resource-deployments",
    "pydantic",
)
RISKY = ("AZURE_CLI_DISABLE_CONNECTION_VERIFICATION", "PYTHONHTTPSVERIFY")
SHOWN = (
    "AMLCTL_ACCESS_TOKEN",
    "AMLCTL_ENV",
    "AMLCTL_HOME",
    "AZURE_AUTHORITY_HOST",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CONFIG_DIR",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_TENANT_ID",
    "CURL_CA_BUNDLE",
    "PYTHONPATH",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
)
"""Variables that change what we do; their values may be secret and are not shown."""
OTHERS = ("ARM_CLOUD_METADATA_URL", "ARM_ENVIRONMENT", "AZURE_CLOUD", "AZURE_CLOUD_NAME", "AZURE_SDK_CLOUD_CONF")
"""Variables by which other tools choose the cloud."""
MEANINGS = {
    "AMLCTL_ACCESS_TOKEN": "this token is used and no sign-in is tried",
    "AMLCTL_ENV": "the environment if no -e is given",
    "AMLCTL_HOME": "where the local endpoint keeps its state",
    "AZURE_CONFIG_DIR": "where the Azure CLI keeps its sign-in",
    "CURL_CA_BUNDLE": "the certificate authorities that are trusted",
    "PYTHONPATH": "Python looks for packages there first",
    "REQUESTS_CA_BUNDLE": "the certificate authorities that are trusted",
    "SSL_CERT_FILE": "the certificate authorities that are trusted",
}
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


class Line(NamedTuple):
    """One thing that was looked at; ``fix`` is what to do, empty where nothing is wrong."""

    level: Literal["ok", "warning", "error"]
    what: str
    found: str
    fix: str = ""


def examine(folder: Path, *, offline: bool = False) -> list[Line]:
    """Look at everything; nothing is changed."""
    lines = [_python(), *_packages(), *_bicep(), _git(), *_variables()]
    try:
        project = find(folder)
    except ConfigurationInvalid as invalid:
        return [*lines, Line("error", "project", str(invalid), "use -C DIR")]
    return [*lines, *_project(project, offline), _endpoint(project)]


def _python() -> Line:
    version = sys.version.split()[0]
    good = sys.version_info >= (3, 11)
    return Line("ok" if good else "error", "python", version, "" if good else "install Python 3.11 or newer")


def _packages() -> Iterator[Line]:
    from importlib.metadata import PackageNotFoundError, version

    for name in PACKAGES:
        try:
            yield Line("ok", name, version(name))
        except PackageNotFoundError:
            yield Line("error", name, "is not installed", "make setup")


def _bicep() -> Iterator[Line]:
    """The official compiler is not needed; where it is there, its version matters for whoever compares."""
    path = shutil.which("bicep")
    if path is None:
        yield Line("ok", "bicep", "embedded compiler")
        return
    try:
        text = _version(path)
    except (OSError, subprocess.TimeoutExpired):
        yield Line("warning", "bicep", f"{path} does not answer", "take it off the PATH; the embedded compiler is used")
        return
    ours = "(amlctl" in text
    yield Line("ok", "bicep", "our stand-in is on PATH" if ours else f"embedded compiler; on PATH: {text or path}")


def _version(path: str) -> str:
    """Ask an executable that PATH names for its version, and nothing else."""
    asked = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    return asked.stdout.strip()


def _git() -> Line:
    path = shutil.which("git")
    if path is None:
        return Line("warning", "git", "is not installed; `plan --against` needs it", "install git")
    return Line("ok", "git", _version(path).removeprefix("git version "))


def _variables() -> Iterator[Line]:
    for name in RISKY:
        if os.environ.get(name):
            yield Line("warning", name, "switches the check of certificates off", f"unset {name}")
    for name in (*SHOWN, *sorted(name for name in os.environ if name.startswith("BICEP_"))):
        if os.environ.get(name):
            yield Line("ok", "variable", f"{name} is set: {MEANINGS.get(name, 'read by the Bicep compiler')}")
    for name in OTHERS:
        if os.environ.get(name):
            yield Line("ok", "variable", f"{name} is set and not used: `cloud:` in the environment file decides")
    for name in PROXIES:
        if os.environ.get(name):
            yield Line("ok", "proxy", f"{name} is set; the local endpoint is reached without it")
            return


def _project(project: Project, offline: bool) -> Iterator[Line]:
    yield Line("ok", "project", project.root.name)
    try:
        environments = load_all(project, ())
    except ConfigurationInvalid as invalid:
        yield Line("error", "environments", str(invalid), "amlctl validate")
        return
    for environment in environments:
        level: Literal["ok", "warning"] = "warning" if has_errors(environment.findings) else "ok"
        yield Line(level, environment.name, f"{environment.tier} · {target(environment)}")
    yield _rendered(project)
    for alike in [] if offline else _by_place(environments):
        line, arm = _signed_in(project, alike)
        yield line
        if arm is not None:
            yield from (finding for one in alike for finding in _rights(project, one, arm))


def _by_place(environments: Sequence[Environment]) -> list[list[Environment]]:
    """Put environments of one cloud, tenant and subscription together: one sign-in serves them all."""
    found: dict[tuple[object, ...], list[Environment]] = {}
    for one in environments:
        if not one.is_local:
            found.setdefault((one.settings.cloud, one.tenant_id, one.subscription_id), []).append(one)
    return list(found.values())


def _signed_in(project: Project, environments: Sequence[Environment]) -> tuple[Line, Arm | None]:
    what = "sign-in " + ", ".join(one.name for one in environments)
    try:
        arm = connect(project, environments[0])
    except AmlctlError as error:
        fix = next((one.instead for one in error.findings if one.instead), f"amlctl plan -e {environments[0].name}")
        said = next((one.found for one in error.findings if one.found), "")
        return Line("error", what, f"{error}: {said}" if said else str(error), fix), None
    return Line("ok", what, f"{arm.identity.name or arm.identity.object_id}, {target(environments[0])}"), arm


def _rights(project: Project, environment: Environment, arm: Arm) -> Iterator[Line]:
    """What whoever is signed in lacks to deploy an environment: roles by scope, resource providers, quota."""
    from amlctl.app.preflight import look_offline

    what = f"deploy {environment.name}"
    try:
        findings = look_offline(project, environment, arm)
    except AmlctlError as error:
        yield Line("warning", what, f"could not be checked: {error}", f"amlctl plan -e {environment.name}")
        return
    for finding in findings:
        level: Literal["warning", "error"] = "error" if finding.level == "error" else "warning"
        found = f"{finding.message}: {finding.found}" if finding.found else finding.message
        yield Line(level, what, found, finding.instead)
    if not findings:
        yield Line("ok", what, "roles, resource providers and quota are enough for a first deployment")


def _rendered(project: Project) -> Line:
    from amlctl.app.render import check

    try:
        stale = check(project, ())
    except AmlctlError as error:
        return Line("error", "rendered files", str(error), "amlctl validate")
    if stale:
        return Line("warning", "rendered files", f"{len(stale)} are out of date", "amlctl render")
    return Line("ok", "rendered files", "up to date")


def _endpoint(project: Project) -> Line:
    from amlctl import localarm

    endpoint = localarm.running(project.root)
    return Line("ok", "local endpoint", endpoint.url if endpoint else "not running (starts automatically)")
