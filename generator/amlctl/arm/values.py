"""The values that go into `evaluate` and come out of it: context, answers, unknowns, resources, deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, Union, final

from amlctl.arm.tree import Expression, escape, print_expression
from amlctl.diagnostics import Finding, JsonPath
from amlctl.records import NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

ScopeKind: TypeAlias = Literal["resourceGroup", "subscription", "managementGroup", "tenant"]
UnknownKind: TypeAlias = Literal[
    "reference", "list", "context", "time", "secret", "parameter", "lookup", "external", "error"
]


@final
class Unknown(NamedTuple):
    """A leaf that cannot be known offline: what remains of its expression, why, and what it depends on.

    `kind` is the first cause: `reference` (a property of a running resource), `list` (keys), `context` (something of
    the subscription, group or deployment that was not given), `time` (`utcNow`, `newGuid`), `secret` (a secure
    parameter that is read from a vault), `parameter` (a required value that was not given), `lookup` (zones, roles),
    `external` (an external input), `error` (the expression failed; the fault says how).
    """

    tree: Expression
    kind: UnknownKind
    reason: str = ""
    depends_on: tuple[str, ...] = ()
    secret: bool = False

    @property
    def text(self) -> str:
        """The residual expression as ARM text: ``[reference('…').x]``."""
        return f"[{print_expression(self.tree)}]"

    def __repr__(self) -> str:
        """Show the residual expression."""
        return f"Unknown({self.text})"


@final
class Secret:
    """A known value that came from a secure parameter; it is never printed. `reveal` takes the wrapping off.

    `tree` is the expression that it came from, for texts that must not show the value.
    """

    __slots__ = ("tree", "value")

    def __init__(self, value: Any, tree: Expression | None = None) -> None:
        self.value = value
        self.tree = tree

    def __eq__(self, other: object) -> bool:
        """Two secrets are equal when what they hide is."""
        return isinstance(other, Secret) and self.value == other.value

    def __hash__(self) -> int:
        """Secrets may stand in sets; what they hide does not show in the hash's use."""
        return hash(repr(self.value))

    def __repr__(self) -> str:
        """Hide the value."""
        return "Secret(***)"


Value: TypeAlias = Union[bool, int, float, str, list[Any], dict[str, Any], Unknown, Secret, None]  # noqa: UP007


class Deployer(NamedTuple):
    """Who deploys: what `deployer()` answers."""

    object_id: str = ""
    tenant_id: str = ""
    user_principal_name: str = ""


class Context(NamedTuple):
    """Where and when a template is evaluated; what is None is not known, and calls that need it stay unknown.

    `location` is the deployment's own location (subscription scope and above); `resource_group_location` and
    `resource_group_tags` are what `resourceGroup()` says. `environment` replaces the public cloud's `environment()`.
    A `scope` of None means: what the template's `$schema` says.
    `new_guid` gives `newGuid()` a value (with `time` for `utcNow()`); without them both stay unknown.
    """

    tenant_id: str | None = None
    subscription_id: str | None = None
    subscription_name: str | None = None
    management_group_id: str | None = None
    resource_group: str | None = None
    location: str | None = None
    deployment_name: str | None = None
    scope: ScopeKind | None = None
    deployer: Deployer | None = None
    time: datetime | None = None
    new_guid: str | None = None
    resource_group_location: str | None = None
    resource_group_tags: Mapping[str, str] | None = None
    environment: Mapping[str, Any] | None = None


class Answers(Protocol):
    """What is known of running resources. None means: not known (yet)."""

    def reference(self, id: str, api_version: str | None, full: bool) -> Any | None:  # noqa: A002
        """Give the resource's `properties`, or the whole resource when `full`."""
        ...

    def call(self, function: str, id: str, api_version: str | None, arguments: tuple[Any, ...]) -> Any | None:  # noqa: A002
        """Give the answer of a `list*` function (its name as written) on a resource."""
        ...


class NoAnswers:
    """Nothing is known of running resources: a plan without a login."""

    def reference(self, id: str, api_version: str | None, full: bool) -> Any | None:  # noqa: A002
        """Nothing is known."""
        return None

    def call(self, function: str, id: str, api_version: str | None, arguments: tuple[Any, ...]) -> Any | None:  # noqa: A002
        """Nothing is known."""
        return None


class Fault(NamedTuple):
    """An error as ARM words it: its code, its message, the failing text and its place in the root template.

    `stage` is what ARM was doing (`Deployment template validation failed`); `text` is the message that ARM answers.
    """

    code: str
    message: str
    path: JsonPath = ()
    expression: str = ""
    stage: str = ""

    @property
    def text(self) -> str:
        """The whole message of ARM's answer."""
        return f"{self.stage}: '{self.message}'." if self.stage else self.message

    def finding(self) -> Finding:
        """The same fault as a finding without a file."""
        return Finding("error", self.code, self.message, None, self.expression)


class Parameter(NamedTuple):
    """A template parameter with its evaluated value; `type` is ARM's (`String`, `Int`, `SecureObject`…)."""

    name: str
    type: str
    value: Value
    secure: bool = False
    given: bool = False


class Output(NamedTuple):
    """A template output; its name is as written (the service camel-cases it on the wire: `hashing.camel_case`)."""

    name: str
    type: str
    value: Value
    secure: bool = False


class Resource(NamedTuple):
    """A resource that the template comes to.

    `body` is what is PUT without id, type, name, apiVersion, scope and dependsOn. `depends_on` are the ids of the
    explicit dependencies, `references` those of `reference()` and `list*()`, in template order, each `(id, api
    version)`. `symbol` is the symbolic name (with `[index]` in a loop) or "". `condition` is True, or an Unknown.
    `copy_index` is the copy index or None.
    `path` is where the resource stands in the root template; `origins[path in the body]` gives the paths in the root
    template that a leaf came from. `extension` names an extension (`http@1.0.0`);
    such a resource has no id.
    """

    id: str | Unknown
    type: str
    name: str | Unknown
    api_version: str
    scope: str
    body: dict[str, Any]
    deployment: str = ""
    symbol: str = ""
    condition: Literal[True] | Unknown = True
    existing: bool = False
    depends_on: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    path: JsonPath = ()
    origins: Mapping[JsonPath, tuple[JsonPath, ...]] = {}
    copy_index: int | None = None
    extension: str = ""


class Deployment(NamedTuple):
    """A root or nested deployment: what ARM would say of it once it is validated or done.

    `providers` and `dependencies` are in ARM's wire form. `resources` are this deployment's own resources in template
    order (nested deployments among them, type Microsoft.Resources/deployments; `existing` ones not), `order` their
    indexes in an order in which each comes after what it needs. `expanded` is False where ARM's validation cannot look
    inside, because a parameter needs `reference()`. `template` is the deployment's own template.
    """

    id: str
    name: str
    scope: ScopeKind
    scope_id: str
    location: str | None
    template: dict[str, Any]
    template_hash: str
    content_version: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    resources: tuple[Resource, ...]
    existing: tuple[Resource, ...]
    order: tuple[int, ...]
    providers: list[dict[str, Any]]
    dependencies: list[dict[str, Any]]
    children: tuple[Deployment, ...] = ()
    mode: str = "Incremental"
    path: JsonPath = ()
    symbols: tuple[str, ...] = ()
    condition: Literal[True] | Unknown = True
    expanded: bool = True


class DesiredState(NamedTuple):
    """What a template comes to. `resources` are all real resources, nested deployments expanded away, in ARM's order.

    `faults` are errors as ARM words them, `findings` the same and warnings for people. When there is a fault, ARM
    would refuse the template (or fail while running it, where the fault needed an answer).
    """

    root: Deployment
    resources: tuple[Resource, ...]
    outputs: tuple[Output, ...]
    parameters: tuple[Parameter, ...]
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()


def reveal(value: Any) -> Any:
    """Take the wrapping off every secret of a value, at any depth."""
    kind = type(value)
    if kind is Secret:
        return reveal(value.value)
    if kind is dict:
        return {key: reveal(item) for key, item in value.items()}
    if kind is list:
        return [reveal(item) for item in value]
    return value


def mask(value: Any, shown: str = "***") -> Any:
    """Replace every secret of a value by a text, at any depth."""
    kind = type(value)
    if kind is Secret or (kind is Unknown and value.secret):
        return shown
    if kind is dict:
        return {key: mask(item, shown) for key, item in value.items()}
    if kind is list:
        return [mask(item, shown) for item in value]
    return value


def plain(value: Any) -> Any:
    """Turn a value into plain JSON: an unknown, and a secret, becomes the text of its expression."""
    kind = type(value)
    if kind is Unknown:
        return value.text
    if kind is Secret:
        return f"[{print_expression(value.tree)}]" if value.tree else "[parameters('secret')]"
    if kind is str:
        return escape(value)
    if kind is dict:
        return {key: plain(item) for key, item in value.items()}
    if kind is list:
        return [plain(item) for item in value]
    return value


def unknowns(value: Any) -> list[Unknown]:
    """Give every unknown leaf of a value, in order."""
    kind = type(value)
    if kind is Unknown:
        return [value]
    if kind is dict:
        return [leaf for item in value.values() for leaf in unknowns(item)]
    if kind is list:
        return [leaf for item in value for leaf in unknowns(item)]
    return []
