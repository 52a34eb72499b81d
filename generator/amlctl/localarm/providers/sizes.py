"""VM sizes with their families and cores, as Azure ML's quota counts them (public size lists, read 2026)."""

from __future__ import annotations

from typing import NamedTuple


class Size(NamedTuple):
    """A VM size: cores and GPUs a node."""

    name: str
    family: str
    cores: int
    gpus: int


_FAMILIES = {
    "standardDSv2Family": "DS1_v2:1 DS2_v2:2 DS3_v2:4 DS4_v2:8 DS5_v2:16 DS11_v2:2 DS12_v2:4 DS13_v2:8 DS14_v2:16",
    "standardDv2Family": "D1_v2:1 D2_v2:2 D3_v2:4 D4_v2:8 D13_v2:8 D14_v2:16",
    "standardDv3Family": "D2_v3:2 D4_v3:4 D8_v3:8 D16_v3:16 D32_v3:32",
    "standardDSv3Family": "D2s_v3:2 D4s_v3:4 D8s_v3:8 D16s_v3:16",
    "standardDDSv4Family": "D2ds_v4:2 D4ds_v4:4 D8ds_v4:8",
    "standardDDSv5Family": "D2ds_v5:2 D4ds_v5:4 D8ds_v5:8 D16ds_v5:16",
    "standardDASv4Family": "D2as_v4:2 D4as_v4:4 D8as_v4:8 D16as_v4:16",
    "standardDADSv5Family": "D2ads_v5:2 D4ads_v5:4 D8ads_v5:8",
    "standardESv3Family": "E2s_v3:2 E4s_v3:4 E8s_v3:8 E16s_v3:16 E32s_v3:32",
    "standardEDSv4Family": "E4ds_v4:4 E8ds_v4:8 E16ds_v4:16",
    "standardEDSv5Family": "E4ds_v5:4 E8ds_v5:8",
    "standardEAv4Family": "E4a_v4:4",
    "standardFSv2Family": "F2s_v2:2 F4s_v2:4 F8s_v2:8 F16s_v2:16 F32s_v2:32 F64s_v2:64 F72s_v2:72",
    "standardFXMDVSFamily": "FX4mds:4 FX12mds:12",
    "standardLSv3Family": "L8s_v3:8",
    "standardLASv3Family": "L8as_v3:8",
    "standardMSFamily": "M64s:64 M128ms:128",
    "standardHBv3Family": "HB120rs_v3:120",
    "standardHBv4Family": "HB176rs_v4:176",
    "Standard NCASv3_T4 Family": "NC4as_T4_v3:4:1 NC8as_T4_v3:8:1 NC16as_T4_v3:16:1 NC64as_T4_v3:64:4",
    "StandardNVADSA10v5Family": (
        "NV6ads_A10_v5:6:1 NV12ads_A10_v5:12:1 NV18ads_A10_v5:18:1 NV36ads_A10_v5:36:1 NV72ads_A10_v5:72:2"
    ),
    "StandardNCADSA100v4Family": "NC24ads_A100_v4:24:1 NC48ads_A100_v4:48:2 NC96ads_A100_v4:96:4",
    "StandardNCadsH100v5Family": "NC40ads_H100_v5:40:1 NC80adis_H100_v5:80:2",
    "Standard NDASv4_A100 Family": "ND96asr_v4:96:8",
    "standard NDAMSv4_A100Family": "ND96amsr_A100_v4:96:8",
    "standardNDSH100v5Family": "ND96isr_H100_v5:96:8",
    "standardNDISRH200V5Family": "ND96isr_H200_v5:96:8",
}
NO_LOW_PRIORITY = {"standard_nd96isr_h100_v5", "standard_nc80adis_h100_v5"}


def _sizes() -> dict[str, Size]:
    found = {}
    for family, texts in _FAMILIES.items():
        for text in texts.split():
            name, cores, *gpus = text.split(":")
            size = Size(f"Standard_{name}", family, int(cores), int(gpus[0]) if gpus else 0)
            found[size.name.lower()] = size
    return found


SIZES = _sizes()
"""Sizes by lower-case name."""
FAMILIES = tuple(_FAMILIES)
