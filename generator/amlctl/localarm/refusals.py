"""What ARM says when it refuses: status, code and wording, each in one place."""

from __future__ import annotations

from typing import Any

from amlctl.localarm.ids import ResourceId

NOT_FOUND_HELP = "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
GATEWAY = (("x-ms-failure-cause", "gateway"),)


class Refused(Exception):
    """A request is refused; it carries the HTTP status and ARM's error object."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str = "",
        details: list[dict[str, Any]] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        info: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.target, self.details, self.headers, self.info = target, details, headers, info

    def error(self) -> dict[str, Any]:
        """Give ARM's error object."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        if self.details is not None:
            error["details"] = self.details
        if self.info is not None:
            error["additionalInfo"] = self.info
        return error

    def body(self) -> dict[str, Any]:
        """Give the answer's body."""
        return {"error": self.error()}


def resource_not_found(id: ResourceId) -> Refused:  # noqa: A002
    """404 by ARM itself; the type and name are spelled as in the request."""
    names = "/".join(id.names)
    where = f"under resource group '{id.group}' " if id.group else ""
    message = f"The Resource '{id.type}/{names}' {where}was not found. {NOT_FOUND_HELP}"
    return Refused(404, "ResourceNotFound", message, headers=GATEWAY)


def group_not_found(name: str) -> Refused:
    """404: the resource group does not exist, also for everything in it."""
    return Refused(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.", headers=GATEWAY)


def group_being_deleted(name: str) -> Refused:
    """409: the resource group is on its way out."""
    message = f"The resource group '{name}' is in deprovisioning state and cannot perform this operation."
    return Refused(409, "ResourceGroupBeingDeleted", message)


def bad_request(message: str, code: str = "BadRequest", **more: Any) -> Refused:
    """400 with a code."""
    return Refused(400, code, message, **more)


def not_found(message: str, code: str = "NotFound") -> Refused:
    """404 by a provider: its own code, no gateway header."""
    return Refused(404, code, message)


def conflict(code: str, message: str) -> Refused:
    """409 with a code."""
    return Refused(409, code, message)


def no_route(method: str, path: str) -> Refused:
    """404: the endpoint has no such address."""
    return Refused(404, "InvalidResourceType", f"The resource type could not be found for {method} {path}.")


def missing_api_version() -> Refused:
    """400: every ARM request names its api-version."""
    message = "The api-version query parameter (?api-version=) is required for all requests."
    return Refused(400, "MissingApiVersionParameter", message)


def invalid_api_version(found: str) -> Refused:
    """400: an api-version is a date, maybe with ``-preview``."""
    message = (
        f"The api-version '{found}' is invalid. The api-version should be in the format YYYY-MM-DD with an optional"
        " suffix."
    )
    return Refused(400, "InvalidApiVersionParameter", message)
