"""Evaluate deployments recorded from the real ARM, offline, and compare: `make conformance ARM=DIR`.

DIR is a checkout or bare git folder of Azure/azure-dev. The recordings of its functional tests are read as they are;
nothing of them is kept. Prints one line a section, `section  n of m`, and what differs; exit 1 when anything does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.conformance.git_source import GitSource

from amlctl.arm import (
    Context,
    DesiredState,
    camel_case,
    evaluate,
    output_resources,
    reveal,
    template_hash,
    unknowns,
    validated_resources,
)

FOLDER = "cli/azd/test/functional"
PATH = re.compile(
    r"(?i)^(?P<scope>.*)/providers/Microsoft\.Resources/(?P<kind>deployments|deploymentStacks)/(?P<name>[^/]+)(?P<verb>/validate)?$"
)
SCOPE = re.compile(r"(?i)^/subscriptions/(?P<subscription>[^/]+)(?:/resourceGroups/(?P<group>[^/]+))?$")


class Case(NamedTuple):
    """One recorded deployment, validation or stack: what was sent and what Azure said in the end."""

    label: str
    scope: str
    name: str
    stack: bool
    request: dict[str, Any]
    answer: dict[str, Any]
    group_location: str | None
    body_location: str | None


def say(text: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(f"{text}\n")


def _json(text: Any) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def interactions(text: bytes) -> list[dict[str, Any]]:
    """Read the recorded calls of one file."""
    documents = [
        one
        for one in yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if isinstance(one, dict)
    ]
    return [step for one in documents for step in one.get("interactions") or [] if "request" in step]


def cases(source: GitSource) -> Iterator[Case | tuple[str, Any, Any]]:
    """Give every recorded deployment, and every call of calculateTemplateHash as (label, template, hash)."""
    for path in source.files(FOLDER):
        if "recordings/" not in path or not path.endswith(".yaml"):
            continue
        try:
            content = source.read(path)
        except FileNotFoundError:
            say(f"not in this copy: {path}")
            continue
        if b"interactions:" not in content:
            continue
        steps = interactions(content)
        label = path.rsplit("/", 1)[1][:-5]
        locations = group_locations(steps)
        for at, step in enumerate(steps):
            where = urlsplit(step["request"]["url"]).path
            if where.lower().endswith("/calculatetemplatehash"):
                yield (
                    f"{label}#{at}",
                    _json(step["request"]["body"]),
                    (_json(step["response"]["body"]) or {}).get("templateHash"),
                )
            match = PATH.match(where)
            if match and step["request"]["method"] in ("PUT", "POST"):
                case = recorded(f"{label}#{at}", match, step, steps[at + 1 :], locations)
                if case:
                    yield case


def group_locations(steps: list[dict[str, Any]]) -> dict[str, str]:
    """Collect the locations of resource groups from every answer that tells one."""
    found: dict[str, str] = {}
    for step in steps:
        answer = _json(step["response"].get("body"))
        listed = answer.get("value") if isinstance(answer, dict) else None
        items = listed if isinstance(listed, list) else [answer]
        for item in items:
            if isinstance(item, dict) and re.fullmatch(
                r"(?i)/subscriptions/[^/]+/resourceGroups/[^/]+", str(item.get("id"))
            ):
                found[str(item["id"]).lower()] = str(item.get("location"))
    return found


def recorded(
    label: str, match: re.Match[str], step: dict[str, Any], later: list[dict[str, Any]], locations: dict[str, str]
) -> Case | None:
    """Put one call and its final answer together."""
    request = _json(step["request"]["body"])
    answer = _final(match, step, later)
    if not isinstance(request, dict) or not isinstance(answer, dict) or "properties" not in answer:
        return None
    if not isinstance(request.get("properties", {}).get("template"), dict):
        return None
    location = locations.get(match["scope"].lower())
    stack = match["kind"].lower() == "deploymentstacks"
    return Case(label, match["scope"], match["name"], stack, request, answer, location, request.get("location"))


def _final(match: re.Match[str], step: dict[str, Any], later: list[dict[str, Any]]) -> Any:
    path = urlsplit(step["request"]["url"]).path
    headers = {key.lower(): value[0] for key, value in step["response"]["headers"].items()}
    place = path if step["request"]["method"] == "PUT" else urlsplit(headers.get("location", "")).path
    for follow in later:
        if (
            not place
            or urlsplit(follow["request"]["url"]).path.lower() != place.lower()
            or follow["response"]["code"] != 200
        ):
            continue
        if follow["request"]["method"] in ("PUT", "DELETE"):
            break
        got = _json(follow["response"]["body"])
        state = str(((got or {}).get("properties") or {}).get("provisioningState", "Succeeded")).lower()
        if state in ("succeeded", "failed", "canceled"):
            return got
    return _json(step["response"]["body"])


def desired_state(case: Case) -> DesiredState:
    """Evaluate a case offline, at the time that the answer tells."""
    match = SCOPE.match(case.scope)
    assert match is not None, case.scope
    stamp = str(case.answer["properties"].get("timestamp") or "")
    time = datetime.fromisoformat(stamp[:19] or "2026-01-01T00:00:00").replace(tzinfo=UTC)
    context = Context(
        subscription_id=match["subscription"],
        resource_group=match["group"],
        scope="resourceGroup" if match["group"] else "subscription",
        location=case.body_location,
        resource_group_location=case.group_location,
        deployment_name=case.name,
        time=time,
    )
    sent = case.request["properties"]
    return evaluate(sent["template"], sent.get("parameters") or {}, context)


def _parameters(desired: DesiredState, answer: dict[str, Any]) -> dict[str, Any]:
    """The parameters as ARM writes them; of values that hang on the clock only the form is compared."""
    wanted = answer["properties"]["parameters"]
    written: dict[str, Any] = {}
    for one in desired.parameters:
        entry: dict[str, Any] = {"type": one.type}
        if not one.secure and one.value is not None:
            entry["value"] = one.value
        told = wanted.get(one.name, {}).get("value")
        if _is_time(one.value) and _is_time(told):
            entry["value"] = told
        if one.value is None and "value" in wanted.get(one.name, {}):
            entry["value"] = None
        written[one.name] = entry
    return written


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value))


def _ids(items: list[Any]) -> list[str]:
    return [str(item["id"]).lower() if isinstance(item, dict) else item.lower() for item in items]


def compare(case: Case) -> Iterator[tuple[str, Any, Any]]:
    """Give (section, ours, Azure's) of one case, for every section that the answer has."""
    desired = desired_state(case)
    told = case.answer["properties"]
    yield "faults", [fault.message for fault in desired.faults], []
    if "templateHash" in told:
        yield "templateHash", template_hash(case.request["properties"]["template"]), told["templateHash"]
    if told.get("parameters") and not (case.stack and "outputs" in told):
        yield "parameters", list(_parameters(desired, case.answer).items()), list(told["parameters"].items())
    for section in ("providers", "dependencies"):
        if section in told:
            yield section, _lowered(getattr(desired.root, section)), _lowered(told[section])
    if "validatedResources" in told:
        yield "validatedResources", _ids(validated_resources(desired.root)), _ids(told["validatedResources"])
    if "outputResources" in told:
        yield "outputResources", _ids(output_resources(desired)), _ids(told["outputResources"])
    if case.stack and told.get("resources"):
        yield "stack resources", sorted(_ids(output_resources(desired))), sorted(_ids(told["resources"]))
    yield from _outputs(desired, told.get("outputs"))


def _lowered(value: Any) -> Any:
    return json.loads(json.dumps(value).lower())


def _outputs(desired: DesiredState, told: Any) -> Iterator[tuple[str, Any, Any]]:
    if not isinstance(told, dict):
        return
    yield "outputs: names", [camel_case(one.name) for one in desired.outputs], list(told)
    for one in desired.outputs:
        entry = told.get(camel_case(one.name), {})
        yield "outputs: types", one.type, entry.get("type")
        if unknowns(one.value):
            yield "outputs of running services (not compared)", True, True
        elif not one.secure:
            yield "outputs: values", reveal(one.value), entry.get("value")


def run(source: GitSource, show: int) -> bool:
    """Compare everything and print the figures; True when all is equal."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    shown = 0
    for case in cases(source):
        label = case[0]
        results = (
            [("calculateTemplateHash", template_hash(case[1]), case[2])]
            if not isinstance(case, Case)
            else compare(case)
        )
        for section, ours, azures in results:
            counts[section][0] += ours == azures
            counts[section][1] += 1
            if ours != azures and shown < show:
                shown += 1
                texts = (json.dumps(ours, default=repr)[:2000], json.dumps(azures)[:2000])
                say(f"{label} {section}\n  ours   {texts[0]}\n  Azure  {texts[1]}")
    for section, (equal, wanted) in counts.items():
        say(f"{section:45} {equal:5} of {wanted}")
    return bool(counts) and all(equal == wanted for equal, wanted in counts.values())


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=20, help="how many differences to print")
    options = parser.parse_args()
    source = GitSource(options.folder)
    try:
        say(f"recorded deployments of Azure/azure-dev {source.commit()[:12]}")
        return 0 if run(source, options.show) else 1
    finally:
        source.close()


if __name__ == "__main__":
    sys.exit(main())
