#!/usr/bin/env python3
"""Put a Markdown file on the pull request as one comment, and keep that comment up to date.

python scripts/comment.py plan.md

Azure Repos: pull request threads, REST 7.1, with the variables of a job and SYSTEM_ACCESSTOKEN. The build service needs
"Contribute to pull requests"; without it this warns and does not fail the build. Nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

MARK = "<!-- amlctl plan -->"
LONGEST = 150_000
"""Characters that a comment of Azure Repos holds."""
SECONDS = 30
DEVOPS = ("dev.azure.com", "visualstudio.com")


class Target(NamedTuple):
    """A pull request: the address of its threads, and the token that may write there."""

    threads: str
    token: str


def target(variables: dict[str, str]) -> Target | None:
    """Find the pull request by the variables of a job; None outside one. Raises ValueError for a foreign host."""
    names = ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_ID", "SYSTEM_PULLREQUEST_PULLREQUESTID")
    values = [variables.get(name, "") for name in names]
    token = variables.get("SYSTEM_ACCESSTOKEN", "")
    if not all(values) or not token:
        return None
    collection, project, repository, number = values
    parts = urlsplit(collection)
    host = (parts.hostname or "").lower()
    ours = any(host == one or host.endswith(f".{one}") for one in DEVOPS)
    if not (ours and parts.scheme == "https"):
        raise ValueError(f"SYSTEM_COLLECTIONURI is not Azure DevOps: {collection[:80]}")
    base = f"{collection.rstrip('/')}/{quote(project)}/_apis/git/repositories/{quote(repository)}"
    return Target(f"{base}/pullRequests/{quote(number)}/threads", token)


def body(text: str) -> str:
    """The comment: the mark that it is found by, and the text, cut with a word about it if it is too long."""
    whole = f"{MARK}\n{text}"
    if len(whole) <= LONGEST:
        return whole
    kept = whole[: LONGEST - 200].rpartition("\n")[0]
    return f"{kept}\n\n… cut: {len(whole) - len(kept):,} characters more are in the summary of the run."


def post(where: Target, text: str) -> str:
    """Create the comment, or change the one that is there; says which."""
    found = _own(_ask(where, "GET", where.threads).get("value") or [])
    if found is None:
        thread = {"comments": [{"parentCommentId": 0, "content": text, "commentType": "text"}], "status": "closed"}
        _ask(where, "POST", where.threads, thread)
        return "created"
    thread_id, comment = found
    if comment.get("content") == text:
        return "unchanged"
    _ask(where, "PATCH", f"{where.threads}/{thread_id}/comments/{comment['id']}", {"content": text})
    return "updated"


def _own(threads: list[dict[str, Any]]) -> tuple[int, dict[str, Any]] | None:
    for thread in threads:
        for comment in thread.get("comments") or []:
            if str(comment.get("content") or "").startswith(MARK) and not thread.get("isDeleted"):
                return int(thread["id"]), comment
    return None


def _ask(where: Target, method: str, address: str, sent: object = None) -> dict[str, Any]:
    """One request; a redirect is not followed, as the token must go nowhere else."""
    data = None if sent is None else json.dumps(sent).encode()
    headers = {"Authorization": f"Bearer {where.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}?api-version=7.1", data, headers, method=method)  # noqa: S310  (https)
    with _OPENER.open(request, timeout=SECONDS) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
    return found


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect."""


_OPENER = urllib.request.build_opener(_Stay)


def main(arguments: list[str]) -> int:
    """Post a file; anything that keeps it from the pull request is a warning."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 64
    text = body(Path(arguments[0]).read_text(encoding="utf-8"))
    try:
        where = target(dict(os.environ))
        print("this is no pull request" if where is None else f"comment {post(where, text)}")
    except (OSError, ValueError, KeyError) as fault:
        hint = 'the build service needs "Contribute to pull requests"'
        print(f"##vso[task.logissue type=warning]no comment on the pull request: {_line(fault)}; {hint}")
    return 0


def _line(fault: Exception) -> str:
    """A fault in one harmless line."""
    return " ".join(str(fault).split()).replace("##", "#\\#")[:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
