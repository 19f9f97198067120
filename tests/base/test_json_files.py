"""JSON from outside: what is read, and what is refused without a traceback."""

from __future__ import annotations

import json

import pytest

from kpigen.base.json_files import MAX_DEPTH, read_json


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    "data",
    [b"{}", b"[]", b'"a"', b"1", '{"甲": ["😀", null, true, 1.5]}'.encode(), b'"\\ud83d\\ude00"', nested(MAX_DEPTH)],
)
def test_json_is_read_as_it_is(data: bytes) -> None:
    assert read_json(data) == json.loads(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{} {}",
        b"\xff",
        b'"\xed\xa0\x80"',  # a surrogate as bytes
        b'"\\ud800"',
        b'{"\\udfff": 1}',
        b'[{"a": {"b": ["\\ud83d"]}}]',
        b'{"a": 1, "a": 2}',
        b"NaN",
        b"[Infinity]",
        b"1" * 5_000,  # more digits than Python reads
        nested(MAX_DEPTH + 1),
        nested(900),
        nested(200_000),
        b'{"a":' * 200_000,
        "{}".encode("utf-16"),
    ],
)
def test_what_is_not_json_for_every_reader_is_refused(data: bytes) -> None:
    assert read_json(data) is None
