"""The shape of a body: objects where objects belong, lists where lists do; values are the provider's matter."""

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.refusals import Refused, bad_request

_OBJECTS = ("tags", "identity", "sku", "plan")


def check(id: ResourceId, body: dict[str, Any], api_version: str) -> None:  # noqa: A002
    """Refuse a body in which a text stands for an object, a list for a text and the like; null fits everywhere.

    Types of the catalogue are checked at every level (the version itself or the nearest one), others at the top alone.
    """
    for name in _OBJECTS:
        if body.get(name) is not None and not isinstance(body[name], dict):
            raise _refused(name, "an object is expected")
    from amlctl.types import check_body

    for finding in check_body(id.type, api_version, body):
        if finding.code == "BCP036" and _is_structural(finding.message, finding.found):
            path = ".".join(str(part) for part in finding.path)
            raise _refused(path, f"{finding.message}, {finding.found}")


def _is_structural(message: str, found: str) -> bool:
    """Say whether an object or a list is on either side; the service converts between plain values by itself."""
    if found == "found null":
        return False
    expected = message in ("an object is expected", "a list is expected")
    return expected or found in ("found an object", "found a list")


def _refused(path: str, what: str) -> Refused:
    message = f"The request content was invalid and could not be deserialized: '{what}. Path '{path}'.'."
    return bad_request(message, "InvalidRequestContent", target=path)
