"""The kinds of values that a field may hold, each strict and each with its own message.

A plain YAML scalar is never converted by guess: a switch takes only ``true`` and ``false``, a number only digits
without quotes, a text nothing that YAML reads as number, time or date (AML007).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from amlctl.environment.regions import REGIONS, near_region
from amlctl.environment.scalars import reads_as
from amlctl.environment.tree import Plain

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ZERO_GUID = "00000000-0000-0000-0000-000000000000"
CLOUDS = ("public", "usgov", "china")
OTHER_NAMES = {
    "azure": "public",
    "azurecloud": "public",
    "azurepubliccloud": "public",
    "azureusgovernment": "usgov",
    "usgovernment": "usgov",
    "azurechinacloud": "china",
    "azurechina": "china",
}
"""What Azure's command lines and Terraform call the three clouds."""
CLOUD_ADDRESS = re.compile(
    r"https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?:/[A-Za-z0-9._~/-]{0,200})?(?:\?[A-Za-z0-9._~=&-]{1,200})?"
)


def refuse(code: str, message: str, found: str = "", instead: str = "") -> NoReturn:
    """Raise a fault of this room from inside a pydantic validator."""
    context = {"message": message, "found": found, "instead": instead}
    raise PydanticCustomError(code, "{message}", context)


def shown(value: object) -> str:
    """Show a value in a message, cut to a length that fits a line."""
    text = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in str(value)[:60])
    return f"`{text}…`" if len(str(value)) > 60 else f"`{text}`"


def as_text(value: Any) -> str:
    """Take a text; refuse a plain scalar that YAML reads as something else."""
    if not isinstance(value, str):
        refuse("AML025", "expected a text", _kind(value), "write one text")
    if isinstance(value, Plain) and (kind := reads_as(value)):
        refuse("AML007", "stands without quotes and reads as " + kind, shown(value), f'write "{value[:60]}"')
    return str(value)


def as_word(value: Any) -> Any:
    """Take a word for a closed list of words; the list itself is checked after this."""
    return str(value) if isinstance(value, str) else value


def as_switch(value: Any) -> bool:
    """Take ``true`` or ``false`` without quotes, nothing else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Plain) and value in ("true", "false"):
        return value == "true"
    found = (
        f"`{value}` in quotes"
        if value in ("true", "false")
        else shown(value)
        if isinstance(value, str)
        else _kind(value)
    )
    refuse("AML008", "must be true or false", found, "write true or false")


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Make the check for a whole number from ``low`` to ``high``, written without quotes."""

    def check(value: Any) -> int:
        if isinstance(value, str) and not isinstance(value, Plain):
            refuse("AML009", "is a text where a number is wanted", f'"{value[:60]}"', "remove the quotes")
        if isinstance(value, Plain) and re.fullmatch(r"0|[1-9][0-9]{0,17}", value) and low <= int(value) <= high:
            return int(value)
        found = shown(value) if isinstance(value, str) else _kind(value)
        refuse(
            "AML010",
            f"is not a whole number in {low}–{high}",
            found,
            f"write a number such as {max(low, min(high, 1))}",
        )

    return check


def matching(pattern: str, words: str, example: str, code: str = "AML026") -> Callable[[Any], str]:
    """Make the check for a text of one form; the form is said in words."""
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        text = as_text(value)
        if not compiled.fullmatch(text):
            refuse(code, f"is not {words}", shown(text), f"write for example {example}")
        return text

    return check


def as_region(value: Any) -> str:
    """Take the short name of an Azure region."""
    text = as_text(value)
    if text not in REGIONS:
        near = near_region(text)
        refuse(
            "AML038",
            "is not a known region",
            shown(text),
            f"use `{near}`" if near else "use a short name such as `westeurope`",
        )
    return text


def as_subscription(value: Any) -> str:
    """Take ``local`` or the GUID of a subscription."""
    if value == "local":
        return "local"
    return _guid(value, "AML036", "is not a subscription id", "a GUID, or `local` for the embedded ARM endpoint")


def as_cloud(value: Any) -> str:
    """Take ``public``, ``usgov``, ``china`` or the https address of a cloud's metadata document.

    Any port is allowed: Azure Stack and the local endpoint use others than 443. A user name would be a secret in the
    file, and a fragment is never sent: both are refused.
    """
    if value in CLOUDS:
        return str(value)
    text = as_text(value)
    match = CLOUD_ADDRESS.fullmatch(text)
    if match and int(match["port"] or 443) <= 65535:
        return text
    message = "is not a cloud: expected `public`, `usgov`, `china` or the https address of a metadata document"
    wanted = "a port from 1 to 65535" if match else _meant(text)
    refuse("AML068", message, _without_password(text), f"write {wanted}")


def _meant(text: str) -> str:
    """Guess what was meant, from the reason why the text is refused."""
    word = OTHER_NAMES.get(text.replace("-", "").replace("_", "").lower())
    if word:
        return f"`{word}`"
    if "#" in text:
        return "the address without `#` and what follows it"
    if text.lower().startswith("http:"):
        return "the address with `https:`; a token is never sent over plain http"
    if "@" in text:
        return "the address without the name and password before `@`"
    return "for example https://management.example.org/metadata/endpoints?api-version=2022-09-01"


def _without_password(text: str) -> str:
    """Show what was found, but never what may be a password."""
    scheme, slashes, rest = text.partition("://")
    return shown(f"{scheme}{slashes}…@{rest.rpartition('@')[2]}" if "@" in rest else text)


def as_guid(value: Any) -> str:
    """Take a GUID, as Entra and Azure write object and tenant ids."""
    return _guid(value, "AML026", "is not a GUID", "one such as 6f1c2a34-58de-4b90-a7c1-0d9e8f7a6b5c")


def as_person(value: Any) -> str:
    """Take ``me`` (who deploys) or the object id of a user."""
    return "me" if value == "me" else as_guid(value)


def as_duration(value: Any) -> str:
    """Take a time span such as ``120s``, ``15m`` or ``2h`` and give it as ISO 8601 (``PT2M``)."""
    if isinstance(value, Plain) and value.isdecimal():
        refuse("AML026", "is not a time span", shown(value), f"write {value}s, or {value}m for minutes")
    text = as_text(value)
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if not match:
        refuse("AML026", "is not a time span", shown(text), "write for example 120s, 15m or 2h")
    return iso_duration(int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]])


def iso_duration(seconds: int) -> str:
    """Write seconds in ISO 8601 as short as possible: 120 → PT2M, 90 → PT90S."""
    for size, letter in ((3600, "H"), (60, "M")):
        if seconds % size == 0:
            return f"PT{seconds // size}{letter}"
    return f"PT{seconds}S"


def as_address_range(value: Any) -> str:
    """Take one public IPv4 address or range that a storage firewall takes (/0 to /30, host bits zero)."""
    import ipaddress

    text = as_text(value)
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        refuse("AML040", "is not an IPv4 address or range", shown(text), f"{error}"[:120])
    if network.prefixlen == 0:
        refuse("AML040", "opens it to all", shown(text), "write the addresses that are yours")
    if network.prefixlen == 31 or ("/" in text and network.prefixlen == 32):
        refuse("AML040", "ranges end at /30", shown(text), f"write the address alone: {network.network_address}")
    if any(network.subnet_of(ipaddress.IPv4Network(own)) for own in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")):
        refuse(
            "AML040",
            "is a private address, which Azure's firewalls do not see",
            shown(text),
            "write your public address",
        )
    return text


def as_time_zone(value: Any) -> str:
    """Take a Windows time zone name: Azure ML knows no other (azureml-facts: schedules)."""
    from amlctl.environment.zones import WINDOWS, near_zone

    text = as_text(value)
    if text not in WINDOWS:
        near = near_zone(text)
        instead = f"use `{near}`" if near else "use a name such as `W. Europe Standard Time`"
        refuse("AML052", "is not a Windows time zone name", shown(text), instead)
    return text


def _guid(value: Any, code: str, message: str, instead: str) -> str:
    if isinstance(value, str) and GUID.fullmatch(value) and value != ZERO_GUID:
        text: str = value.lower()
        return text
    refuse(code, message, shown(value) if isinstance(value, str) else _kind(value), f"write {instead}")


def _kind(value: object) -> str:
    kinds: dict[type, str] = {dict: "a map", list: "a list"}
    return kinds.get(type(value), type(value).__name__)


Text = Annotated[str, BeforeValidator(as_text), WithJsonSchema({"type": "string"})]
Switch = Annotated[bool, BeforeValidator(as_switch), WithJsonSchema({"type": "boolean"})]
Guid = Annotated[str, BeforeValidator(as_guid), WithJsonSchema({"type": "string", "format": "uuid"})]
Person = Annotated[
    str, BeforeValidator(as_person), WithJsonSchema({"anyOf": [{"const": "me"}, {"type": "string", "format": "uuid"}]})
]
Subscription = Annotated[
    str,
    BeforeValidator(as_subscription),
    WithJsonSchema({"anyOf": [{"const": "local"}, {"type": "string", "format": "uuid"}]}),
]
TimeZone = Annotated[str, BeforeValidator(as_time_zone), WithJsonSchema({"type": "string"})]
Cloud = Annotated[
    str,
    BeforeValidator(as_cloud),
    WithJsonSchema({"anyOf": [{"enum": list(CLOUDS)}, {"type": "string", "pattern": "^https://"}]}),
]
Region = Annotated[
    str,
    BeforeValidator(as_region),
    WithJsonSchema({"type": "string", "enum": sorted(REGIONS), "examples": ["westeurope"]}),
]
Duration = Annotated[
    str,
    BeforeValidator(as_duration),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,5}[smhd]$", "examples": ["15m", "120s"]}),
]
AddressRange = Annotated[
    str, BeforeValidator(as_address_range), WithJsonSchema({"type": "string", "examples": ["203.0.113.0/24"]})
]
Size = Annotated[
    str,
    BeforeValidator(matching(r"(?i:standard)_[A-Za-z0-9_-]{2,60}", "a VM size", "STANDARD_D4ds_v5")),
    WithJsonSchema(
        {"type": "string", "pattern": "^[Ss][Tt][Aa][Nn][Dd][Aa][Rr][Dd]_", "examples": ["STANDARD_D4ds_v5"]}
    ),
]
Clock = Annotated[
    str,
    BeforeValidator(matching(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", "a time of day", '"18:00"')),
    WithJsonSchema({"type": "string", "examples": ["18:00"]}),
]
Day = Annotated[
    str,
    BeforeValidator(matching(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])", "a date", '"2027-06-30"')),
    WithJsonSchema({"type": "string", "format": "date"}),
]
PublicKey = Annotated[
    str,
    BeforeValidator(
        matching(
            r"(?:ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp[0-9]+) [A-Za-z0-9+/]{40,4000}={0,3}(?: [\w.@ -]{0,200})?",
            "an SSH public key",
            "ssh-ed25519 AAAA…",
        )
    ),
    WithJsonSchema({"type": "string"}),
]
Repository = Annotated[
    str,
    BeforeValidator(
        matching(
            r"https://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~-]+)+",
            "the https address of a git repository",
            "https://github.com/Azure/azureml-examples",
        )
    ),
    WithJsonSchema({"type": "string", "format": "uri"}),
]
ProjectFile = Annotated[
    str,
    BeforeValidator(
        matching(
            r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,10}",
            "a path inside the project",
            "scripts/compute_instance_setup.sh",
        )
    ),
    WithJsonSchema({"type": "string"}),
]
