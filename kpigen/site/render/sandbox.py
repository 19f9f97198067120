"""What a template may do: Jinja's sandbox, with bounds on what one step of an expression may make.

A loop that does not end is stopped by the share of its page (`base.share`), because it takes many steps. One step that makes
gigabytes, or multiplies numbers of a million digits, is not; so it is refused before it begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from types import BuiltinFunctionType
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: The most characters or entries that `*` or a number given to a filter or function may ask for, and bits of a number.
_MOST, _BITS = 1_000_000, 4_096

_WIDTH = re.compile(r"%[^a-zA-Z%]*?(\*|\d{5})")


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, with a fast path for the fields of our own frozen records: templates mostly read these."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        """Take the options of Jinja's environment."""
        super().__init__(**options)
        self.filters.update(
            {name: _bounded(FILTERS[name]) for name in ("batch", "center", "format", "indent", "round", "slice")}
        )

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return True if a template may read an attribute."""
        return attr in getattr(type(obj), "__dataclass_fields__", ()) or super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the result of an operator. Raise SecurityError if it would be too large."""
        if operator == "**":
            refused = _bits(left) * max(_size(right), 1) > _BITS
        elif operator == "%":
            refused = isinstance(left, str) and _WIDTH.search(left) is not None
        else:
            refused = _bits(left) + _bits(right) > _BITS or _length(left) * _size(right) > _MOST
            refused = refused or _length(right) * _size(left) > _MOST
        if refused:
            raise SecurityError(f"the result of {operator} would be too large")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Return what a function gives. Raise SecurityError if it is one of Python's own and its result would be too large."""
        if isinstance(obj, BuiltinFunctionType):
            _refuse_large(args, kwargs)
        return super().call(context, obj, *args, **kwargs)


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that takes no number that makes its result too large."""

    @wraps(function)
    def bounded(value: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_large(args, kwargs)
        if function is FILTERS["format"] and _WIDTH.search(str(value)):
            raise SecurityError("the result of format would be too large")
        return function(value, *args, **kwargs)

    return bounded


def _refuse_large(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if any(_size(value) > _MOST for value in (*args, *kwargs.values())):
        raise SecurityError(f"a number above {_MOST:,} is too large here")


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _size(value: Any) -> int:
    return abs(value) if isinstance(value, int) else 0


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple) else 0
