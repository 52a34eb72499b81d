"""Dates and durations: `utcNow`, `dateTimeAdd`, epochs, and .NET's standard and custom date formats.

Source: .NET documentation, "Standard date and time format strings", "Custom date and time format strings" (invariant
culture). `datetime` is only imported when a date function runs. Fractions are kept to 100 ns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from amlctl.arm.engine import Environment, evaluate
from amlctl.arm.faults import EvaluationFailed, wrong_value
from amlctl.arm.functions.signature import built_in
from amlctl.arm.tree import Call, Text
from amlctl.arm.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_DURATION = re.compile(
    r"(?P<sign>-?)P(?=[\dT])(?:(?P<y>\d+)Y)?(?:(?P<mo>\d+)M)?(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<h>\d+)H)?(?:(?P<mi>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?\Z"
)
_DATE = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*\Z",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    r"\s*(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?\s*(Z)?\s*\Z", re.IGNORECASE
)
_COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\s*\Z", re.IGNORECASE)
_DEFAULT = "yyyy-MM-ddTHH:mm:ssZ"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_CUSTOM = re.compile(r"d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+|%|\\[\s\S]|'[^']*'|\"[^\"]*\"|[\s\S]")


class Moment:
    """A time in UTC, with the 100 ns that `datetime` cannot hold."""

    __slots__ = ("tick", "time")

    def __init__(self, time: datetime, tick: int = 0) -> None:
        self.time = time
        self.tick = tick

    @property
    def fraction(self) -> str:
        """The seven digits after the second."""
        return f"{self.time.microsecond:06d}{self.tick}"


def format_date(moment: Moment, form: str = _DEFAULT) -> str:
    """Write a time by a .NET standard or custom format. Raises EvaluationFailed for an unknown one-letter format."""
    if len(form) == 1:
        if form not in _STANDARD:
            message = f"The template date format '{form}' is not valid."
            raise EvaluationFailed(message)
        form = _STANDARD[form]
    return "".join(_piece(token, moment) for token in _CUSTOM.findall(form))


def _piece(token: str, moment: Moment) -> str:
    writer: Callable[[int, Moment], str] | None = _WRITERS.get(token[0])
    if writer:
        return writer(len(token), moment)
    if token[0] in "'\"":
        return token[1:-1] if len(token) > 1 else ""
    if token.startswith("\\"):
        return token[1:]
    return token.replace("%", "") if len(token) == 1 else token


def _padded(value: int, count: int) -> str:
    return str(value).zfill(min(count, 2))


def _day(count: int, moment: Moment) -> str:
    if count <= 2:
        return _padded(moment.time.day, count)
    name = _DAYS[moment.time.weekday()]
    return name[:3] if count == 3 else name


def _month(count: int, moment: Moment) -> str:
    if count <= 2:
        return _padded(moment.time.month, count)
    name = _MONTHS[moment.time.month - 1]
    return name[:3] if count == 3 else name


def _year(count: int, moment: Moment) -> str:
    year = moment.time.year
    return _padded(year % 100, count) if count <= 2 else str(year).zfill(count)


def _small_fraction(count: int, moment: Moment) -> str:
    return moment.fraction[:count].rstrip("0")


def _zone(count: int, _moment: Moment) -> str:
    return ("+0", "+00", "+00:00")[min(count, 3) - 1]


_WRITERS = {
    "d": _day,
    "f": lambda count, moment: moment.fraction[:count],
    "F": _small_fraction,
    "g": lambda count, moment: "A.D.",  # noqa: ARG005
    "h": lambda count, moment: _padded(moment.time.hour % 12 or 12, count),
    "H": lambda count, moment: _padded(moment.time.hour, count),
    "K": lambda count, moment: "Z",  # noqa: ARG005
    "m": lambda count, moment: _padded(moment.time.minute, count),
    "M": _month,
    "s": lambda count, moment: _padded(moment.time.second, count),
    "t": lambda count, moment: ("AM" if moment.time.hour < 12 else "PM")[:count],
    "y": _year,
    "z": _zone,
}


def parse_date(function: str, text: str) -> Moment:
    """Read a date text as a time in UTC. Raises EvaluationFailed."""
    try:
        moment = _iso(text) or _slashed(text) or _packed(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        message = (
            f"The template function '{function}' has an invalid parameter. The parameter '{text}' is not a valid date"
        )
        raise EvaluationFailed(f"{message} and time. Please see https://aka.ms/arm-syntax-functions .")
    return moment


def _iso(text: str) -> Moment | None:
    from datetime import UTC, datetime, timedelta

    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    digits = (fraction or "").ljust(7, "0")[:7]
    time = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), int(digits[:6]), UTC
    )
    if zone and zone.upper() != "Z":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        time = time - shift if zone[0] == "+" else time + shift
    return Moment(time, int(digits[6]))


def _slashed(text: str) -> Moment | None:
    from datetime import UTC, datetime

    match = _SLASHED.match(text)
    if not match:
        return None
    month, day, year, hour, minute, second, half, _ = match.groups()
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    return Moment(datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), 0, UTC))


def _packed(text: str) -> Moment | None:
    from datetime import UTC, datetime

    match = _COMPACT.match(text)
    return Moment(datetime(*(int(part) for part in match.groups()), tzinfo=UTC)) if match else None  # type: ignore[misc,arg-type]


@built_in("utcNow", "s?", form=True)
def _utc_now(node: Call, env: Environment) -> Any:
    form = evaluate(node.arguments[0], env) if node.arguments else "yyyyMMddTHHmmssZ"
    now = env.host.ask("utcNow", node, env)
    if type(now) is Unknown or type(form) is not str:
        arguments = (Text(form),) if node.arguments and type(form) is str else ()
        return Unknown(Call(node.name, arguments), "time", "the time of the deployment")
    return format_date(Moment(now), form)


@built_in("dateTimeAdd", "s s s?")
def _date_time_add(base: str, duration: str, form: str = _DEFAULT) -> str:
    moment = parse_date("dateTimeAdd", base)
    match = _DURATION.match(duration)
    if not match:
        problem = f"The second parameter '{duration}' is not a valid ISO8601 Duration string."
        message = f"The template function 'dateTimeAdd' has an invalid parameter. {problem}"
        raise EvaluationFailed(f"{message} Please see https://aka.ms/arm-syntax-functions .")
    try:
        return format_date(_later(moment, match), form)
    except (OverflowError, ValueError) as error:
        raise wrong_value("dateTimeAdd", f"gives a date out of range for '{base}' and '{duration}'.") from error


def _later(moment: Moment, match: re.Match[str]) -> Moment:
    """Add a duration; a year is 365 days and a month 30, as XmlConvert.ToTimeSpan counts them."""
    from datetime import timedelta

    part = {key: float(value) if value and key != "sign" else 0.0 for key, value in match.groupdict().items()}
    days = part["y"] * 365 + part["mo"] * 30 + part["w"] * 7 + part["d"]
    span = timedelta(days=days, hours=part["h"], minutes=part["mi"], seconds=part["s"])
    return Moment(moment.time - span if match["sign"] else moment.time + span, moment.tick)


@built_in("dateTimeFromEpoch", "i")
def _date_time_from_epoch(seconds: int) -> str:
    from datetime import UTC, datetime, timedelta

    try:
        return format_date(Moment(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)))
    except OverflowError as error:
        raise wrong_value("dateTimeFromEpoch", f"gives a date out of range for '{seconds}'.") from error


@built_in("dateTimeToEpoch", "s")
def _date_time_to_epoch(text: str) -> int:
    from datetime import UTC, datetime

    since = parse_date("dateTimeToEpoch", text).time - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * 86_400 + since.seconds
