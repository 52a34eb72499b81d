"""Names: the rule of every kind of resource, and names that are legal by construction.

A derived name is ``prefix-workload-environment[-instance]``; where a name is unique in the world the dashes go and five
letters of ARM's ``uniqueString(subscription id, workload, environment)`` come at the end. What is too long is cut
and gets five letters of a hash of the whole, so that two names never meet by being cut.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from amlctl.diagnostics import JsonPath
from amlctl.hashes import unique_string

LOCAL_SUBSCRIPTION = "10ca1000-0000-4000-8000-000000000001"
"""The subscription id that ``subscription: local`` stands for."""
LOCAL_TENANT = "10ca1000-0000-4000-8000-0000000000aa"
"""The tenant id that ``subscription: local`` stands for."""

Unique = Literal["world", "tenant", "region", "subscription", "resource group", "workspace", "account"]


class NameRule(NamedTuple):
    """What Azure takes as the name of one kind of resource; ``pattern`` fits the whole text."""

    kind: str
    type: str
    prefix: str
    least: int
    most: int
    pattern: str
    words: str
    unique: Unique
    code: str
    source: str


_TYPES = "Azure's resource types, 2025-12-01"
_RULES_PAGE = "learn.microsoft.com, resource name rules"
_ML = "Microsoft.MachineLearningServices"
_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
_WORD = r"[A-Za-z0-9][A-Za-z0-9_-]+"
_INSIGHTS = r"[^%&\\?/<>*#:\x00-\x1f]*[^%&\\?/<>*#:.\s\x00-\x1f]"
_COMPUTE = r"[A-Za-z](?![A-Za-z0-9-]*-[0-9]+$)[A-Za-z0-9-]+"

RULES: tuple[NameRule, ...] = (
    NameRule("resource_group", "Microsoft.Resources/resourceGroups", "rg", 1, 90, r"[A-Za-z0-9_().-]*[A-Za-z0-9_()-]",
             "letters, digits, `-_.()`, no period at the end", "subscription", "AML033", _RULES_PAGE),
    NameRule("workspace", f"{_ML}/workspaces", "mlw", 3, 33, _WORD,
             "letters, digits, `-_`, a letter or digit first", "resource group", "AML030", _TYPES),
    NameRule("storage", "Microsoft.Storage/storageAccounts", "st", 3, 24, r"[a-z0-9]+",
             "lower-case letters a–z and digits 0–9", "world", "AML027", _RULES_PAGE),
    NameRule("data", "Microsoft.Storage/storageAccounts", "stdata", 3, 24, r"[a-z0-9]+",
             "lower-case letters a–z and digits 0–9", "world", "AML027", _RULES_PAGE),
    NameRule("key_vault", "Microsoft.KeyVault/vaults", "kv", 3, 24, r"[A-Za-z](?:[A-Za-z0-9]|-(?!-))*[A-Za-z0-9]",
             "letters, digits, single dashes; a letter first, no dash at the end", "world", "AML028", _RULES_PAGE),
    NameRule("registry", "Microsoft.ContainerRegistry/registries", "cr", 5, 50, r"[A-Za-z0-9]+",
             "letters and digits", "world", "AML029", _RULES_PAGE),
    NameRule("logs", "Microsoft.OperationalInsights/workspaces", "log", 4, 63, r"[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]",
             "letters, digits, dashes inside", "resource group", "AML039", _RULES_PAGE),
    NameRule("insights", "Microsoft.Insights/components", "appi", 1, 255, _INSIGHTS,
             "no `%&\\?/`, no period or blank at the end", "resource group", "AML032", _RULES_PAGE),
    NameRule("identity", _IDENTITY, "id", 3, 128, _WORD,
             "letters, digits, `-_`, a letter or digit first", "resource group", "AML039", _RULES_PAGE),
    NameRule("compute_identity", _IDENTITY, "id-jobs", 3, 128, _WORD,
             "letters, digits, `-_`, a letter or digit first", "resource group", "AML039", _RULES_PAGE),
)  # fmt: skip

COMPUTE = NameRule(
    "compute", f"{_ML}/workspaces/computes", "", 3, 24, _COMPUTE,
    "letters, digits, dashes; a letter first, no `-digits` at the end (`ci-1x` is fine)", "workspace", "AML031", _TYPES,
)  # fmt: skip
INSTANCE = COMPUTE._replace(kind="instance", unique="region")
"""An instance: its name is unique in the region, over all customers (how-to-create-compute-instance)."""
COMPUTE_SAFE = 16
"""Older clients refuse longer compute names."""
DATASTORE = NameRule(
    "datastore", "Microsoft.MachineLearningServices/workspaces/datastores", "", 1, 255, r"[A-Za-z0-9_]+",
    "letters, digits, underscores", "workspace", "AML039", "azure-ai-ml",
)  # fmt: skip
BY_KIND: dict[str, NameRule] = {rule.kind: rule for rule in RULES}


NOUNS = {
    "storage": "storage account",
    "data": "storage account for data",
    "registry": "container registry",
    "logs": "Log Analytics workspace",
    "insights": "component of Application Insights",
    "identity": "managed identity",
    "compute_identity": "managed identity",
}


def noun(kind: str) -> str:
    """Say what a kind of resource is called."""
    return NOUNS.get(kind, kind.replace("_", " "))


class Name(NamedTuple):
    """One name: its text, the rule it keeps, and the value in the environment file that decided it."""

    text: str
    rule: NameRule
    origin: JsonPath


def breaks(rule: NameRule, text: str) -> str | None:
    """Say in words what is wrong with a name, or None for a good one."""
    if rule.least <= len(text) <= rule.most and re.fullmatch(rule.pattern, text):
        return None
    return f"{rule.least}–{rule.most} characters: {rule.words}"


def salt(subscription: str, workload: str, environment: str) -> str:
    """Give the five letters that make an environment's global names unique."""
    return unique_string(subscription, workload, environment)[:5]


def derive_instance(key: str, letters: str, person: str = "") -> str:
    """Make the name of an instance: the key, the person of a class, and the salt, as other global names have it.

    Azure takes no name that ends in a dash and digits, so a salt of digits alone gets a letter.
    """
    tail = letters if any(one.isalpha() for one in letters) else f"x{letters}"[: max(len(letters), 2)]
    whole = "-".join(part for part in (key, person) if part)
    room = INSTANCE.most - len(tail) - 1
    if len(whole) > room:
        cut = unique_string(key, person, letters)[:4]
        whole = f"{whole[: room - 5].rstrip('-')}-{cut}"
    return f"{whole}-{tail}"


def derive(rule: NameRule, workload: str, environment: str, instance: str, letters: str, person: str = "") -> str:
    """Make the name of one kind of resource, legal whatever the parts are."""
    if rule.unique == "world":
        separator = "-" if rule.kind == "key_vault" else ""
        parts = [rule.prefix, workload, environment, instance, person]
        tail = letters
    else:
        separator = "-"
        parts = [rule.prefix, workload, environment, instance, person]
        tail = ""
    if separator == "":
        parts = [part.replace("-", "") for part in parts]
    whole = separator.join(part for part in parts if part)
    room = rule.most - (len(separator) + len(tail) if tail else 0)
    if len(whole) > room:
        cut = unique_string(*parts, letters)[:5]
        # Five letters of a hash of all parts keep two cut names apart.
        whole = whole[: room - len(separator) - 5].rstrip("-") + separator + cut
    return separator.join((whole, tail)) if tail else whole
