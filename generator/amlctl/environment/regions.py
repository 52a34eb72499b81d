"""The Azure regions by their short names (azureml-facts.md section 12: asked online before a deployment, known
here)."""

from __future__ import annotations

REGIONS = frozenset(
    [
        "australiacentral",
        "australiaeast",
        "australiasoutheast",
        "austriaeast",
        "belgiumcentral",
        "brazilsouth",
        "canadacentral",
        "canadaeast",
        "centralindia",
        "centralus",
        "chilecentral",
        "eastasia",
        "eastus",
        "eastus2",
        "francecentral",
        "germanywestcentral",
        "indonesiacentral",
        "israelcentral",
        "italynorth",
        "japaneast",
        "japanwest",
        "koreacentral",
        "koreasouth",
        "malaysiawest",
        "mexicocentral",
        "newzealandnorth",
        "northcentralus",
        "northeurope",
        "norwayeast",
        "polandcentral",
        "qatarcentral",
        "southafricanorth",
        "southcentralus",
        "southeastasia",
        "southindia",
        "spaincentral",
        "swedencentral",
        "switzerlandnorth",
        "switzerlandwest",
        "uaenorth",
        "uksouth",
        "ukwest",
        "westcentralus",
        "westeurope",
        "westindia",
        "westus",
        "westus2",
        "westus3",
    ]
)


def near_region(text: str) -> str | None:
    """Give the region that was probably meant: ``West Europe`` → ``westeurope``."""
    import difflib

    squeezed = text.lower().replace(" ", "").replace("-", "").replace("_", "")
    return next(iter(difflib.get_close_matches(squeezed, sorted(REGIONS), 1, 0.75)), None)
