"""Joins the parts: a name in ``environments/`` → one environment, or every fault that forbids it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from amlctl.diagnostics import Finding, JsonPath, Place, has_errors
from amlctl.environment.across import PER_PERSON, Neighbours
from amlctl.environment.checks import check
from amlctl.environment.faults import fault
from amlctl.environment.folder import FOLDER, NAME, RESERVED, Draft, Folder, uses, with_defaults
from amlctl.environment.models import TIERS, Instance, Settings, Tier
from amlctl.environment.naming import (
    INSTANCE,
    LOCAL_SUBSCRIPTION,
    LOCAL_TENANT,
    RULES,
    Name,
    derive,
    derive_instance,
    salt,
)
from amlctl.environment.secrets import secrets
from amlctl.environment.tiers import built_in, strictest
from amlctl.environment.tree import Mapping, Scalar, at, places, word
from amlctl.environment.types import GUID, ZERO_GUID
from amlctl.environment.unread import find_strays
from amlctl.environment.validation import validate
from amlctl.environment.values import Environment
from amlctl.errors import ConfigurationInvalid, UsageWrong

SHAREABLE = ("storage", "key_vault", "registry", "logs", "insights")
STACK_ONLY = ("data",)
"""What no workspace gets by itself."""
MAX_FILE = 65_536
"""ARM takes no larger setup script: an expression holds at most 98,304 characters of base64."""


def names(project: Path) -> list[str]:
    """Give the names of a project's environments, sorted; found by file, nothing to register."""
    return list(Folder(project).names())


def strays(project: Path) -> list[Finding]:
    """Name what lies in ``environments/`` and is no environment: an error if it looks like one that is not read."""
    return find_strays(project)


def load(project: Path, name: str) -> Environment:
    """Load one environment with everything it builds on and uses.

    Raises ConfigurationInvalid with all findings where the files are wrong, and UsageWrong where there is no such file.
    """
    return load_many(project, (name,))[0]


def load_many(project: Path, wanted: Sequence[str]) -> list[Environment]:
    """Load several environments; every file is read once, so the cost grows with their number only.

    Raises ConfigurationInvalid with the findings of all of them, and UsageWrong where there is no such file.
    """
    unread = [one for one in find_strays(project) if one.level == "error"]
    if unread:  # who uses a stack is not known until they are read, so nothing else can be judged
        message = f"{len(unread)} file{'s' if len(unread) != 1 else ''} of {FOLDER}/ cannot be read as environments"
        raise ConfigurationInvalid(message, *unread)
    assembler = _Assembler(Folder(project))
    for name in wanted:
        _check_name(assembler.folder, name)
    loaded: list[Environment] = []
    faults: dict[Finding, None] = {}
    for name in wanted:
        environment, findings = assembler.assemble(name)
        if environment is not None and not has_errors(findings):
            findings = [*findings, *assembler.neighbours().faults(environment)]
        if environment is None or has_errors(findings):
            faults.update(dict.fromkeys(findings))
        else:
            loaded.append(environment._replace(findings=tuple(findings)))
    if faults:
        count = sum(finding.level == "error" for finding in faults)
        files = sorted({finding.place.file for finding in faults if finding.place})
        message = f"{count} error{'s' if count != 1 else ''} in {', '.join(files[:5]) or 'the environments'}"
        raise ConfigurationInvalid(message, *faults)
    return loaded


class _Assembler:
    """Makes environments of one folder, each once."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._made: dict[tuple[str, bool], tuple[Environment | None, list[Finding]]] = {}
        self._neighbours: Neighbours | None = None

    def assemble(self, name: str, user: str | None = None) -> tuple[Environment | None, list[Finding]]:
        """Make one environment without looking at its neighbours; ``user`` is the one that wants it as a stack."""
        key = (name, user is not None)
        if key not in self._made:
            self._made[key] = _assemble(self, name, user)
        return self._made[key]

    def neighbours(self) -> Neighbours:
        """Give all environments of the folder that can be read."""
        if self._neighbours is None:
            made = (self.assemble(name)[0] for name in self.folder.names())
            self._neighbours = Neighbours(environment for environment in made if environment is not None)
        return self._neighbours


def name_fault(name: str) -> Finding | None:
    """Say what is wrong with the name of an environment, or None for one that can be used everywhere."""
    if NAME.fullmatch(name) and name not in RESERVED:
        return None
    words = "2–16 characters: a–z first, then a–z, 0–9 and single dashes; not a name that Windows reserves"
    return fault("AML042", None, "cannot be the name of an environment", f"{name[:60]!a}", words)


def _check_name(folder: Folder, name: str) -> None:
    import difflib

    if finding := name_fault(name):
        raise ConfigurationInvalid(f"{name[:60]!a} cannot be the name of an environment", finding)
    there = folder.names()
    if name not in there:
        near = difflib.get_close_matches(name, there, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(there) or 'none'}"
        raise UsageWrong(f"there is no environment `{name}` in {folder.path.name}/; {hint}")


def _assemble(assembler: _Assembler, name: str, user: str | None) -> tuple[Environment | None, list[Finding]]:
    folder = assembler.folder
    draft = folder.draft(name)
    findings = list(draft.findings)
    hidden = [finding for layer in draft.layers for finding in secrets(layer)]
    if hidden:  # no other message may show a value that is a secret, so the others wait until it is gone
        return None, hidden
    if has_errors(findings):
        return None, findings
    tier = _tier(draft, findings)
    if tier is None:
        return None, findings
    tiers = _tiers(folder, draft, tier)
    merged = with_defaults(draft, built_in(tiers, _sections(draft), _instances(draft.tree)))
    findings += merged.findings
    _state_tier(merged.tree, tier, draft)
    settings, faults = validate(merged.tree, tier, draft.file)
    findings += faults
    if settings is None:
        return None, findings
    stacks = _stacks(assembler, draft, user, findings)
    files = _files(folder.project, settings, merged.tree, findings)
    people = _people(settings, files, findings)
    subscription = LOCAL_SUBSCRIPTION if settings.subscription == "local" else settings.subscription
    own, personal = _names(settings, name, subscription, people)
    environment = Environment(
        name=name,
        file=draft.file,
        project=folder.project,
        tier=tier,
        settings=settings,
        tree=merged.tree,
        places=places(merged.tree),
        shadowed=merged.shadowed,
        names=own,
        person_names=personal,
        instances=_instance_names(settings, name, subscription, people),
        people=people,
        subscription_id=subscription,
        tenant_id=LOCAL_TENANT if settings.subscription == "local" else settings.tenant,
        tiers=tiers,
        uses=tuple(sorted(stacks)),
        used=uses(draft.tree),
        stacks=stacks,
        files=files,
        findings=(),
    )
    findings += check(environment)
    return environment, findings


def _tier(draft: Draft, findings: list[Finding]) -> Tier | None:
    """The tier that the YAML says, else the file's name where it is one."""
    text = word(draft.tree, "tier") or draft.name
    for tier in TIERS:
        if text == tier:
            return tier
    node = at(draft.tree, ("tier",))
    if node is None:
        findings.append(
            fault(
                "AML018",
                Place(draft.file),
                f"`tier` is required: the file's name `{draft.name}` is not a tier",
                "",
                f"add `tier:` with one of {', '.join(TIERS)}",
            )
        )
    else:
        found = f"`{node.text}`" if isinstance(node, Scalar) else "no text"
        findings.append(
            fault(
                "AML026",
                node.place,
                "`tier` has a value that is not allowed",
                found,
                f"write one of {', '.join(TIERS)}",
            )
        )
    return None


def _state_tier(tree: Mapping, tier: Tier, draft: Draft) -> None:
    if "tier" not in tree.entries:
        tree.entries["tier"] = Scalar(tier, True, Place(draft.file))


def _tiers(folder: Folder, draft: Draft, tier: Tier) -> dict[str, Tier]:
    """The tier of each shared resource: the strictest of its users."""
    found: dict[str, Tier] = {"": tier}
    if "workspace" in draft.tree.entries:
        return found
    for kind, users in folder.users(draft.name).items():
        theirs = [user_tier for user in users if (user_tier := _tier(folder.draft(user), [])) is not None]
        if theirs:
            found[kind] = strictest(theirs)
    return found


def _sections(draft: Draft) -> frozenset[str]:
    """The resources that exist: those that are named, and for a workspace all that it needs and does not use."""
    named = {kind for kind in (*SHAREABLE, *STACK_ONLY, "workspace") if kind in draft.tree.entries}
    if "workspace" in named:
        named |= {kind for kind in SHAREABLE if kind not in uses(draft.tree)}
    return frozenset(named)


def _instances(tree: Mapping) -> list[str]:
    computes = at(tree, ("compute",))
    entries = computes.entries if isinstance(computes, Mapping) else {}
    return [name for name in entries if word(tree, "compute", name, "kind") == "instance"]


def _stacks(assembler: _Assembler, draft: Draft, user: str | None, findings: list[Finding]) -> dict[str, Environment]:
    """Load the stacks that an environment uses; their faults are its faults."""
    stacks: dict[str, Environment] = {}
    for kind, use in uses(draft.tree).items():
        node = at(draft.tree, ("uses", kind))
        place = node.place if node else Place(draft.file)
        if user is not None or use.stack == draft.name:
            findings.append(
                fault(
                    "AML037",
                    place,
                    f"`{draft.name}` is used by {user or 'itself'} and cannot use another stack",
                    "",
                    "name the resource in one stack",
                )
            )
        elif use.stack in assembler.folder.names() and use.stack not in stacks:
            stack, faults = assembler.assemble(use.stack, draft.name)
            findings += [finding for finding in faults if finding.level == "error"]
            if stack is not None:
                stacks[use.stack] = stack
    return stacks


def _files(project: Path, settings: Settings, tree: Mapping, findings: list[Finding]) -> dict[str, bytes]:
    """Read the project files that the settings name."""
    wanted: list[tuple[JsonPath, str | None]] = [
        (("compute", name, "setup"), one.setup) for name, one in settings.compute.items() if isinstance(one, Instance)
    ]
    wanted += [
        (("assets", "environments", name, "conda"), one.conda) for name, one in settings.assets.environments.items()
    ]
    if settings.class_:
        wanted.append((("class", "roster"), settings.class_.roster))
    found: dict[str, bytes] = {}
    for path, file in wanted:
        if file is not None:
            node = at(tree, path)
            _read(project, file, node.place if node else None, found, findings)
    return found


def _read(project: Path, file: str, place: Place | None, found: dict[str, bytes], findings: list[Finding]) -> None:
    path = project / file
    if not path.is_file():
        findings.append(
            fault("AML046", place, f"{file} does not exist in the project", "", "create it or correct the path")
        )
    elif not path.resolve().is_relative_to(project.resolve()):
        findings.append(fault("AML046", place, f"{file} is a link that leads out of the project", "", "copy the file"))
    elif path.stat().st_size > MAX_FILE:
        findings.append(
            fault(
                "AML046",
                place,
                f"{file} is larger than {MAX_FILE:,} bytes",
                "",
                "make it smaller: load the rest from a repository",
            )
        )
    else:
        found[file] = path.read_bytes()


def _people(settings: Settings, files: dict[str, bytes], findings: list[Finding]) -> dict[str, str]:
    """Give the people of a class: short name → object id."""
    if settings.class_ is None:
        return {}
    if settings.class_.roster is None or settings.class_.roster not in files:
        return {name: person.object_id for name, person in settings.class_.people.items()}
    file = settings.class_.roster
    people: dict[str, str] = {}
    rows = csv.DictReader(io.StringIO(files[file].decode("utf-8-sig", "replace")))
    for number, row in enumerate(rows, 2):
        name, object_id = (row.get("name") or "").strip(), (row.get("object_id") or "").strip()
        if not NAME.fullmatch(name) or len(name) > 12 or "-" in name or name in people:
            findings.append(
                fault(
                    "AML046",
                    Place(file, number),
                    "`name` is not a valid short name, or is used twice",
                    f"{name[:40]!a}",
                    "2–12 lower-case letters and digits",
                )
            )
        elif not GUID.fullmatch(object_id) or object_id == ZERO_GUID:
            findings.append(
                fault(
                    "AML046",
                    Place(file, number),
                    "`object_id` is not a GUID",
                    f"{object_id[:40]!a}",
                    "the person's object id in Entra",
                )
            )
        else:
            people[name] = object_id.lower()
    return people


def _instance_names(
    settings: Settings, name: str, subscription: str, people: dict[str, str]
) -> dict[tuple[str, str], Name]:
    """Name every instance; in a class each person has one of each."""
    letters = settings.naming.salt or salt(subscription, settings.naming.workload, name)
    return {
        (key, person): Name(derive_instance(key, letters, person), INSTANCE, ("compute", key))
        for key, compute in settings.compute.items()
        if isinstance(compute, Instance)
        for person in people or {"": ""}
    }


def _names(
    settings: Settings, name: str, subscription: str, people: dict[str, str]
) -> tuple[dict[str, Name], dict[str, dict[str, Name]]]:
    naming = settings.naming
    letters = naming.salt or salt(subscription, naming.workload, name)
    instance = naming.instance or ""
    own = {}
    for rule in RULES:
        if rule.kind in naming.overrides:
            own[rule.kind] = Name(naming.overrides[rule.kind], rule, ("naming", "overrides", rule.kind))
        else:
            own[rule.kind] = Name(derive(rule, naming.workload, name, instance, letters), rule, ("naming", "workload"))
    personal = {
        person: {
            rule.kind: Name(
                derive(rule, naming.workload, name, instance, letters, person), rule, ("naming", "workload")
            )
            for rule in RULES
            if rule.kind in PER_PERSON or rule.kind == "resource_group"
        }
        for person in people
    }
    return own, personal
