"""The fast ``NamedTuple``: what ``typing.NamedTuple`` gives, these classes give too."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from amlctl.records import NamedTuple


class Point(NamedTuple):
    """A point."""

    x: int
    y: int = 2

    @property
    def total(self) -> int:
        """The sum."""
        return self.x + self.y


class Plain(typing.NamedTuple):
    """What a point is held against."""

    x: int
    y: int = 2


class Empty(NamedTuple):
    """Nothing."""


def test_a_record_is_a_plain_tuple_with_names() -> None:
    """It is equal to a tuple, has no dictionary, and its fields are read by name."""
    point = Point(1)
    assert (point, point.x, point.y, point.total) == ((1, 2), 1, 2, 3)
    assert tuple(Point(y=5, x=4)) == tuple(Plain(4, 5))
    assert not hasattr(point, "__dict__")
    assert Point.__mro__[-2:] == (tuple, object)
    assert Empty() == ()


def test_a_record_has_what_named_tuples_have() -> None:
    """Fields, defaults, text and dictionary are those of ``typing.NamedTuple``."""
    assert (Point._fields, Point._field_defaults) == (Plain._fields, Plain._field_defaults)
    assert repr(Point(1)) == repr(Plain(1)).replace("Plain", "Point")
    assert Point(1)._asdict() == Plain(1)._asdict()
    assert Point._make([3, 4]) == (3, 4)
    match Point(7, 8):
        case Point(x, y):
            assert (x, y) == (7, 8)


def test_a_record_is_replaced_copied_and_pickled() -> None:
    """The copies have the class and the values of the original."""
    for made in (copy.deepcopy(Point(1)), pickle.loads(pickle.dumps(Point(1))), Point(9)._replace(x=1)):
        assert type(made) is Point
        assert made == (1, 2)


def test_wrong_arguments_are_refused() -> None:
    """A missing, an unknown and an additional argument raise as they do for any class."""
    for wrong in (Point, lambda: Point(1, z=1), lambda: Point(1, 2, 3), lambda: Point._make([1])):  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            wrong()  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="unexpected"):
        Point(1)._replace(z=1)  # type: ignore[call-arg]
