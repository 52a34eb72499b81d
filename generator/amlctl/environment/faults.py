"""The catalogue of this room's faults: every code, once, with what it means. Codes never change their meaning."""

from __future__ import annotations

from amlctl.diagnostics import Finding, Level, Place

CODES: dict[str, str] = {
    "AML001": "a key stands twice in one map",
    "AML002": "an alias or an anchor",
    "AML003": "a merge key",
    "AML004": "a YAML tag",
    "AML005": "nested too deep",
    "AML006": "the file is too large",
    "AML007": "a text without quotes that YAML reads as a number, a time or a date",
    "AML008": "a switch that is neither true nor false",
    "AML009": "a number in quotes",
    "AML010": "not a whole number in the allowed range",
    "AML011": "a tab at the start of a line",
    "AML012": "more than one document in a file",
    "AML013": "the file holds no map",
    "AML014": "the file is not UTF-8 text",
    "AML015": "half of a character (a lone surrogate)",
    "AML016": "a hidden character",
    "AML017": "an unknown key",
    "AML018": "a required key is missing",
    "AML019": "an empty value (null)",
    "AML020": "extends: a loop, a missing file or one outside environments/",
    "AML021": "a key that is no text",
    "AML022": "a secret in the file",
    "AML023": "the YAML cannot be read",
    "AML024": "absent: true removes nothing",
    "AML025": "a value of another kind than wanted (map, list, text)",
    "AML026": "not one of the allowed words, or not of the wanted form",
    "AML027": "a storage account's name breaks Azure's rule",
    "AML028": "a key vault's name breaks Azure's rule",
    "AML029": "a container registry's name breaks Azure's rule",
    "AML030": "a workspace's name breaks Azure's rule",
    "AML031": "a compute's name breaks Azure's rule, or is longer than every client takes",
    "AML032": "an Application Insights name breaks Azure's rule",
    "AML033": "a resource group's name breaks Azure's rule",
    "AML034": "two environments give the same global name",
    "AML035": "names that are equal but for letter case",
    "AML036": "not a subscription id",
    "AML037": "uses: points at nothing, or at a resource of another kind",
    "AML038": "not a known region",
    "AML039": "another name breaks Azure's rule",
    "AML040": "an address range that Azure refuses or that opens to everyone",
    "AML041": "a tag breaks Azure's limits",
    "AML042": "an environment's name cannot be used",
    "AML043": "two environments describe the same resource differently",
    "AML044": "a shared resource that one of its users cannot reach",
    "AML045": "settings that do not fit together",
    "AML046": "a file that is named here cannot be used",
    "AML047": "not a role that can be given here",
    "AML048": "addresses that do not hold for storage: the studio supports no list of them there",
    "AML049": "a compute instance over a storage account without keys",
    "AML050": "something that would belong to the service principal of a pipeline",
    "AML051": "an SSH key for an instance that is made for somebody else",
    "AML052": "not a Windows time zone name",
    "AML053": "an instance that starts and stops at the same time",
    "AML054": "a VM size that Azure has retired",
    "AML055": "a VM size that Azure will retire",
    "AML056": "an outbound rule that does not fit the network",
    "AML057": "an image whose packages no outbound rule admits",
    "AML058": "a storage account or key vault of a workspace that other workspaces use too",
    "AML060": "a file of environments/ that looks like an environment and is not read",
    "AML061": "a file of environments/ that is no environment",
    "AML068": "not a cloud of Azure, nor the https address of a cloud's metadata document",
    "AML069": "a cloud that does not fit the subscription, or the stacks that are used",
}


def fault(
    code: str, place: Place | None, message: str, found: str = "", instead: str = "", level: Level = "error"
) -> Finding:
    """Make a finding of this room; the code must stand in the catalogue."""
    if code not in CODES:
        raise KeyError(code)
    return Finding(level, code, message, place, found, instead)
