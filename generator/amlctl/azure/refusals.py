"""What ARM refuses, unwrapped to its root cause.

The cause of a failed deployment arrives as JSON text inside ``details[].message``, wrapped two to four deep by nested
deployments (reference: Azure/bicep#4789, ARM's error page "common deployment errors").
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from amlctl.diagnostics import Finding
from amlctl.errors import AmlctlError, AzureRefused, NotSignedIn

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError

WRAPPERS = {"DeploymentFailed", "InvalidTemplateDeployment", "ResourceDeploymentFailure", "MultipleErrorsOccurred"}
NO_PERMISSION = {
    "AuthorizationFailed",
    "InvalidAuthenticationTokenTenant",
    "InvalidSubscriptionId",
    "LinkedAuthorizationFailed",
    "SubscriptionNotFound",
}
DEPTH = 12


def refused(error: dict[str, Any]) -> AmlctlError:
    """Make the exception for an ARM error document: its findings are the innermost causes."""
    causes = root_causes(error)
    kind = NotSignedIn if all(code in NO_PERMISSION for code, _, _ in causes) else AzureRefused
    first = causes[0]
    return kind(f"{first[0]}: {first[1]}", *(_finding(*cause) for cause in causes))


def root_causes(error: dict[str, Any], depth: int = 0) -> list[tuple[str, str, str]]:
    """Walk an error document to its innermost (code, message, target) entries; at least one."""
    code, message = str(error.get("code") or "Unknown"), str(error.get("message") or "")
    inner = [d for d in error.get("details") or [] if isinstance(d, dict)]
    parsed = _embedded(message)
    if parsed is not None:
        inner = [parsed, *inner]
    if depth < DEPTH and inner and (code in WRAPPERS or parsed is not None):
        return _distinct([cause for detail in inner for cause in root_causes(detail, depth + 1)])
    deeper = [cause for detail in inner for cause in root_causes(detail, depth + 1)] if depth < DEPTH else []
    return _distinct([(code, message, str(error.get("target") or "")), *deeper])


def translated(error: AzureError) -> AmlctlError:
    """Make our exception of one that the SDK raised."""
    from azure.core import exceptions

    from amlctl.azure.fence import Elsewhere, WrongToken

    if isinstance(error, WrongToken):
        return NotSignedIn(error.finding.message, error.finding)
    if isinstance(error, Elsewhere):
        return AmlctlError("the endpoint leads to another host", Finding("error", "AML604", _first_line(error)))
    if isinstance(error, exceptions.ClientAuthenticationError):
        return NotSignedIn("the endpoint refused the token", Finding("error", "AML602", _first_line(error)))
    if isinstance(error, exceptions.ServiceRequestError | exceptions.ServiceResponseError):
        return AmlctlError("the endpoint cannot be reached", Finding("error", "AML603", _first_line(error)))
    if isinstance(error, exceptions.DecodeError):  # an answer that was cut off is one of these too
        return unreadable(_first_line(error))
    document = _document(error) if isinstance(error, exceptions.HttpResponseError) else None
    return refused(document or {"code": type(error).__name__, "message": _first_line(error)})


def unreadable(detail: str) -> AmlctlError:
    """Make the exception for an answer that is no ARM document: a proxy's page, half a body."""
    message = "the endpoint's answer cannot be read"
    return AmlctlError(message, Finding("error", "AML607", detail[:200], instead="is there a proxy in between?"))


def _document(error: Any) -> dict[str, Any] | None:
    model = getattr(error, "error", None)
    if model is None or not getattr(model, "code", None):
        return None
    try:
        body = json.loads(error.response.text())
    except (AttributeError, ValueError):
        body = {}
    inner = body.get("error", body) if isinstance(body, dict) else {}
    return inner if isinstance(inner, dict) and inner.get("code") else {"code": model.code, "message": model.message}


def _embedded(message: str) -> dict[str, Any] | None:
    if not message.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(message)
    except ValueError:
        return None
    inner = document.get("error", document) if isinstance(document, dict) else None
    return inner if isinstance(inner, dict) and (inner.get("code") or inner.get("message")) else None


def _distinct(causes: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys(causes))


def target_of(finding: Finding) -> str:
    """Give the id of the resource that a finding of this module speaks of, or ``""``."""
    return finding.found.removeprefix("at ") if finding.found.startswith("at /") else ""


def _finding(code: str, message: str, target: str) -> Finding:
    return Finding("error", code, message, found=f"at {target}" if target else "")


def _first_line(error: AzureError) -> str:
    lines = str(error.message or error).splitlines()
    return lines[0] if lines else type(error).__name__
