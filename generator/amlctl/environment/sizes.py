"""VM sizes that Azure has retired or will retire, with what takes their place.

Source: azure-compute-docs, folder ``sizes/retirement``: ``retired-sizes-list`` (0bdc5d3), ``hbv2-series-retirement``,
``hc-series-retirement``; and ``previous-gen-sizes-list`` (read 2026-08).
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Retirement(NamedTuple):
    """A series that goes: which sizes, the day, and a size of today."""

    pattern: str
    day: str
    instead: str


RETIREMENTS: tuple[Retirement, ...] = (
    Retirement(r"standard_nc(6|12|24)r?(_promo)?", "2023-09-06", "Standard_NC4as_T4_v3"),
    Retirement(r"standard_nc(6|12|24)r?s_v2", "2023-09-06", "Standard_NC24ads_A100_v4"),
    Retirement(r"standard_nd(6|12|24)r?s", "2023-09-06", "Standard_NC24ads_A100_v4"),
    Retirement(r"standard_nv(6|12|24)(_promo)?", "2023-09-06", "Standard_NV36ads_A10_v5"),
    Retirement(r"standard_nc(6|12|24)r?s_v3", "2025-09-30", "Standard_NC4as_T4_v3"),
    Retirement(r"standard_nv(12|24|48)s_v3", "2026-09-30", "Standard_NV36ads_A10_v5"),
    Retirement(r"standard_nv(4|8|16|32)as_v4", "2026-09-30", "Standard_NV6ads_A10_v5"),
    Retirement(r"standard_a\d+", "2024-08-31", "Standard_D2ds_v5"),
    Retirement(r"standard_h\d+(r|m|mr)?(_promo)?", "2024-09-28", "Standard_HB120rs_v3"),
    Retirement(r"standard_hb60rs", "2024-09-28", "Standard_HB120rs_v3"),
    Retirement(r"standard_m192id?m?s_v2", "2027-03-31", "Standard_M64s"),
    Retirement(r"standard_hb120(-\d+)?rs_v2", "2027-05-31", "Standard_HB120rs_v3"),
    Retirement(r"standard_hc44(-\d+)?rs", "2027-05-31", "Standard_HB120rs_v3"),
    Retirement(r"standard_ds?\d+(-\d+)?", "2028-05-01", "Standard_D4ds_v5"),
    Retirement(r"standard_ds?\d+(-\d+)?_v2(_promo)?", "2028-05-01", "Standard_D4ds_v5"),
    Retirement(r"standard_l\d+s", "2028-05-01", "Standard_L8s_v3"),
    Retirement(r"standard_f\d+s?", "2028-11-15", "Standard_D4ds_v5"),
    Retirement(r"standard_gs?\d+(-\d+)?", "2028-11-15", "Standard_E16ds_v5"),
    Retirement(r"standard_f\d+s_v2", "2028-11-15", "Standard_D4ds_v5"),
    Retirement(r"standard_l\d+s_v2", "2028-11-15", "Standard_L8s_v3"),
    Retirement(r"standard_a\d+m?_v2", "2028-11-15", "Standard_D2ds_v5"),
    Retirement(r"standard_b\d+(l|m)?s", "2028-11-15", "Standard_D2ds_v5"),
)
TODAY = "2026-12-01"
"""The day that this table was read for: the environment reads no clock, so that a file means the same every day."""


def retirement(size: str) -> Retirement | None:
    """Give the retirement of a VM size, past or to come, or None."""
    return next((one for one in RETIREMENTS if re.fullmatch(one.pattern, size.lower())), None)
