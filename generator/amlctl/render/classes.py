"""Environment of a class → what ``class.bicep.j2`` sees: one platform, written once, and a row for each person."""

from __future__ import annotations

from typing import Any

from amlctl.diagnostics import JsonPath
from amlctl.environment.roles import ROLES
from amlctl.environment.values import Environment
from amlctl.render.context import main_context
from amlctl.render.grants import APPROVER, SYMBOLS, Grant, granted_views, written_grant
from amlctl.render.leaves import Leaf, View
from amlctl.render.symbols import camel

_ROLES = (
    "AcrPull",
    "AzureML Data Scientist",
    APPROVER,
    "Contributor",
    "Key Vault Administrator",
    "Storage Blob Data Contributor",
    "Storage File Data Privileged Contributor",
    "Storage Queue Data Contributor",
    "Storage Table Data Contributor",
)
"""What ``modules/person.bicep`` gives to a person and to the person's identities."""


def class_context(environment: Environment) -> dict[str, Any]:
    """Make the context of ``class.bicep.j2``."""
    context = main_context(environment)
    trainers = [written_grant(name, entry) for name, entry in environment.settings.rbac.items()]
    roles = sorted({*_ROLES, *(grant.role for grant in trainers)})
    context["roles"] = [View(symbol=camel(role), id=ROLES[role]) for role in roles]
    context["people"] = [_person(environment, name) for name in environment.people]
    context["trainers"] = _target(trainers)
    context["registry_group"] = _registry_group(environment)
    context["registry_symbol"] = SYMBOLS["registry"]
    return context


def _target(trainers: list[Grant]) -> View | None:
    return View(grants=granted_views(trainers)) if trainers else None


def _person(environment: Environment, name: str) -> View:
    """One row: the person and the names of what is theirs."""
    path: JsonPath = ("class", "people", name)
    if environment.settings.class_ and environment.settings.class_.roster:
        path = ("class", "roster")
    names = environment.person_names[name]
    texts = {kind: Leaf(one.text, path) for kind, one in names.items()}
    instances = [
        View(key=key, name=Leaf(one.text, path))
        for (key, person), one in environment.instances.items()
        if person == name
    ]
    return View(name=Leaf(name, path), instances=instances, object_id=Leaf(environment.people[name], path), **texts)


def _registry_group(environment: Environment) -> Leaf | None:
    """The group of the registry: the class's own, or that of the stack it is used from."""
    use = environment.used.get("registry")
    if use is not None:
        return Leaf(environment.stacks[use.stack].names["resource_group"].text, ("uses", "registry"))
    name = environment.names["resource_group"]
    return Leaf(name.text, name.origin) if environment.settings.registry else None
