"""Root causes out of ARM's nested error documents."""

from __future__ import annotations

import json

from amlctl.azure.refusals import refused, root_causes
from amlctl.errors import AzureRefused, NotSignedIn


def test_a_cause_is_found_through_nested_json_texts() -> None:
    """Two nested deployments wrap the cause as text in a message."""
    leaf = {"code": "QuotaExceeded", "message": "0 left"}
    middle = {"code": "Conflict", "message": json.dumps({"status": "Failed", "error": leaf})}
    outer = {"code": "DeploymentFailed", "message": "see details", "details": [middle]}

    assert root_causes(outer) == [("QuotaExceeded", "0 left", "")]


def test_details_of_a_plain_error_are_kept_beside_it() -> None:
    """An error that is not a wrapper says something itself."""
    error = {"code": "BadRequest", "message": "two faults", "details": [{"code": "A", "message": "a"}]}

    assert [code for code, _, _ in root_causes(error)] == ["BadRequest", "A"]


def test_a_missing_permission_has_its_own_exit_code() -> None:
    """6, not 7: the next step is a role, not a template."""
    assert isinstance(refused({"code": "AuthorizationFailed", "message": "no"}), NotSignedIn)
    assert isinstance(refused({"code": "BadRequest", "message": "no"}), AzureRefused)


def test_a_message_that_contains_itself_ends() -> None:
    """Depth is bounded whatever an endpoint sends."""
    error: dict[str, object] = {"code": "DeploymentFailed", "message": "x"}
    error["details"] = [error]

    assert root_causes(error)
