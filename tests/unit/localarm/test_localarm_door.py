"""Who is let in: host, token, api-version, and what the endpoint serves without a token."""

from __future__ import annotations

import pytest
from tests.localarm_world import BASE, GROUP, Lab

from amlctl.localarm import pipeline
from amlctl.localarm.tokens import CLIENT_ID
from amlctl.localarm.wire import Request, Response


def asked(
    lab: Lab,
    path: str = GROUP,
    method: str = "GET",
    body: bytes = b"",
    version: str = "2024-11-01",
    headers: dict[str, str] | None = None,
) -> Response:
    """One request with headers as given."""
    given = {"host": "127.0.0.1:4443", "authorization": f"Bearer {lab.token}", **(headers or {})}
    query = {"api-version": version} if version else {}
    return pipeline.answer(lab.world, Request(method, path, query, given, body, BASE))


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"authorization": ""}, 401, "AuthenticationFailed"),
        ({"authorization": "Bearer x"}, 401, "InvalidAuthenticationToken"),
        ({"authorization": "Bearer a.b.c"}, 401, "InvalidAuthenticationToken"),
        ({"authorization": "Basic eDp5"}, 401, "AuthenticationFailed"),
        ({"host": "evil.example:4443"}, 421, "MisdirectedRequest"),
        ({"host": "127.0.0.1:1"}, 421, "MisdirectedRequest"),
        ({"host": ""}, 421, "MisdirectedRequest"),
    ],
)
def test_strangers_are_refused(lab: Lab, headers: dict[str, str], status: int, code: str) -> None:
    answer = asked(lab, headers=headers)

    assert answer.status == status
    assert answer.body["error"]["code"] in (code, "InvalidAuthenticationToken" if status == 401 else code)


def test_a_token_of_an_earlier_start_is_worth_nothing(lab: Lab) -> None:
    other = Lab(lab.world.store)

    assert asked(lab, headers={"authorization": f"Bearer {other.token}"}).status == 401


def test_a_token_ends(lab: Lab) -> None:
    lab.clock.now += 8 * 86400

    assert asked(lab).status == 401


def test_a_client_that_knows_the_secret_gets_a_token_that_works(lab: Lab) -> None:
    form = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={lab.world.tokens.client_secret}"
    answer = asked(lab, "/common/oauth2/v2.0/token", "POST", form.encode(), headers={"authorization": ""})
    wrong = asked(lab, "/common/oauth2/v2.0/token", "POST", (form + "x").encode(), headers={"authorization": ""})

    assert asked(lab, headers={"authorization": f"Bearer {answer.body['access_token']}"}).status == 200
    assert wrong.status == 401


@pytest.mark.parametrize(
    ("version", "code"), [("", "MissingApiVersionParameter"), ("latest", "InvalidApiVersionParameter")]
)
def test_a_request_names_its_api_version(lab: Lab, version: str, code: str) -> None:
    answer = asked(lab, version=version)

    assert (answer.status, answer.body["error"]["code"]) == (400, code)


def test_the_metadata_document_has_the_shape_that_its_version_wants(lab: Lab) -> None:
    """az 2.91 wants one object, az with ARM_CLOUD_METADATA_URL a list, az 2.45 four fields (clients.md section 3)."""
    newest = asked(lab, "/metadata/endpoints", version="2022-09-01").body
    listed = asked(lab, "/metadata/endpoints", version="2019-05-01").body
    oldest = asked(lab, "/metadata/endpoints", version="2015-01-01").body

    assert newest["resourceManager"] == BASE + "/"
    assert [cloud["name"] for cloud in listed] == [newest["name"]]
    assert newest["portal"].count(".") >= 2
    assert set(oldest) == {"galleryEndpoint", "graphEndpoint", "portalEndpoint", "authentication"}


def test_a_body_that_is_no_json_is_a_bad_request(lab: Lab) -> None:
    for body in (b"{", b"[1]", b"[" * 100_000, b"\xff\xfe"):
        answer = asked(lab, GROUP, "PUT", body)
        assert (answer.status, answer.body["error"]["code"]) == (400, "InvalidRequestContent")


def test_the_correlation_id_of_the_request_comes_back(lab: Lab) -> None:
    headers = dict(asked(lab, headers={"x-ms-correlation-request-id": "abc"}).headers)

    assert headers["x-ms-correlation-request-id"] == "abc"
    assert headers["Cache-Control"] == "no-cache"
