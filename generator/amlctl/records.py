"""``NamedTuple`` as ``typing`` has it, but made ten times as fast: a cold compile needs over a hundred of them.

For the type checker this is ``typing.NamedTuple`` itself. At run time a class gets what is used of it: fields,
defaults, ``_fields``, ``_field_defaults``, ``_make``, ``_replace``, ``_asdict``, matching, copying and pickling. Saved
is what ``typing`` and ``collections`` do for each class: compiling its annotations and the text of its constructor.
Here the constructor of so many fields is compiled once, and each class takes a copy with its own names.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    try:
        from _collections import _tuplegetter as _getter
    except ImportError:

        def _getter(at, doc):
            return property(lambda self: self[at], doc=doc)

    _constructors = {}

    class _Record(tuple):
        """What all these classes share."""

        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changes):
            made = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({fields})"

    def _constructor(fields, defaults):
        code = _constructors.get(len(fields))
        if code is None:
            names = "".join(f"f{at}, " for at in range(len(fields)))
            made = eval(f"lambda _cls, {names}: new(_cls, ({names}))", {"__name__": __name__})  # noqa: S307
            code = _constructors[len(fields)] = made.__code__
        own = code.replace(co_name="__new__", co_varnames=("_cls", *fields))
        return FunctionType(own, {"new": tuple.__new__, "__name__": "record"}, "__new__", defaults)

    class _Maker(type):
        """Makes a plain class of each class statement with the base ``NamedTuple``."""

        def __new__(cls, name, bases, namespace):
            fields = tuple(namespace.get("__annotations__", ()))
            with_default = [field for field in fields if field in namespace]
            if with_default and fields[-len(with_default) :] != tuple(with_default):
                raise TypeError(f"{name}: a field without default follows one with default")
            defaults = {field: namespace[field] for field in with_default}
            for at, field in enumerate(fields):
                namespace[field] = _getter(at, field)
            namespace.update(
                __slots__=(),
                __new__=_constructor(fields, tuple(defaults.values())),
                __match_args__=fields,
                _fields=fields,
                _field_defaults=defaults,
            )
            return type(name, (_Record, *bases[1:]), namespace)

    class _Base:
        """Stands in a class statement for the base class; the class itself does not have it."""

        def __mro_entries__(self, bases: Any) -> Any:
            return (_start,)

    _start = type.__new__(_Maker, "NamedTuple", (), {})
    NamedTuple = _Base()
