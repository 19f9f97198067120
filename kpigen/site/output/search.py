"""The search index: searchable pages → the files that Pagefind's script loads.

All requests go to Pagefind's program in one batch over pipes. Its own Python API waits 0.1 s for each page.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any

from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.values import Phrase, phrase
from kpigen.site.pages.search import Findable

#: The Pagefind files that a page with its own search field loads; the others are left out.
_LOADED = ("pagefind.js", "pagefind-entry.json", "wasm.", "pagefind.", "index/", "fragment/")


@dataclass(frozen=True)
class SearchUnavailable:
    """Why there is no index, and what to do."""

    reason: Phrase
    hint: Phrase


def search_index(found: Sequence[Findable]) -> dict[str, bytes] | SearchUnavailable:
    """Return the files of the search index by name, or why there is no index. Equal input gives equal bytes."""
    program = _program()
    if isinstance(program, SearchUnavailable):
        return program
    try:
        answers = list(_ask(program, list(_requests(found))))
    except OSError as error:
        return SearchUnavailable(
            phrase("{name} cannot be run ({reason})", name=program.name, reason=foreign(error.strerror or str(error))),
            _HINT,
        )
    last = answers[-1]["payload"] if answers else {}
    if last.get("type") != "GetFiles":
        return SearchUnavailable(
            phrase(
                "{name} gave no index ({reason})",
                name=program.name,
                reason=last.get("message") or phrase("it ended early"),
            ),
            _HINT,
        )
    files = {file["path"]: base64.b64decode(file["content"]) for file in last["files"]}
    return {name: _settled(name, files[name]) for name in sorted(files) if name.startswith(_LOADED)}


_HINT = phrase("install `pagefind[extended]`, or build with --no-search")


def _program() -> Path | SearchUnavailable:
    """Return the path of Pagefind's program, or why there is none."""
    try:
        from pagefind.service import get_executable
    except ImportError:
        return SearchUnavailable(phrase("Pagefind is not installed"), _HINT)
    program = get_executable()
    if program is None or not program.is_file():
        return SearchUnavailable(phrase("Pagefind has no program for this machine"), _HINT)
    return program


def _requests(found: Iterable[Findable]) -> Iterator[dict[str, Any]]:
    """Yield the requests to Pagefind.

    Everything goes into one index, which pages of all languages share.
    """
    yield {"type": "NewIndex", "config": {}}
    for item in found:
        yield {
            "type": "AddRecord",
            "index_id": 0,
            "url": item.pages[0].path,
            "content": spelled(item.text),
            "language": "en",
            "meta": {
                **{f"path_{page.language}": page.path for page in item.pages},
                **{f"title_{page.language}": page.title for page in item.pages},
            },
        }
    yield {"type": "GetFiles", "index_id": 0}


def spelled(text: str) -> str:
    """Return a text with each Chinese character, each digit and each other word as a separate word.

    `assets/search.js` searches for the same pieces in a row, so any part of a text finds it, without a dictionary.
    (Pagefind's dictionary splits 客服部 differently than browsers do.) A word joiner precedes each added space, so that
    the script can remove the space again.
    """
    return _PIECE.sub(lambda piece: piece[0] if piece[0][-1] == " " else f"{piece[0]}\u2060 ", " ".join(text.split()))


_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: One Chinese character, one digit or a run of other word characters, with the punctuation and spaces after it.
_PIECE = re.compile(rf"(?:[\d{_HAN}]|[^\W\d_{_HAN}]+)[\W_]*")


def _ask(program: Path, requests: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Send requests to Pagefind's service and yield its answers, up to the last one or the first error."""
    with subprocess.Popen(
        [program, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # The service answers while requests still arrive, so one thread writes and this one reads. The pipe stays open
        # until the last answer, because the service exits as soon as it is closed.
        writer = Thread(target=_send, args=(process.stdin, requests), daemon=True)
        writer.start()
        try:
            for answer in _answers(process.stdout):
                yield answer
                if answer["payload"]["type"] == "Error" or answer.get("message_id") == len(requests):
                    return
        finally:
            process.kill()
            writer.join()


def _send(stream: IO[bytes], requests: Iterable[dict[str, Any]]) -> None:
    """Write requests in Pagefind's format: base64 of JSON, each followed by a comma."""
    try:
        for number, payload in enumerate(requests, 1):
            message = json.dumps({"message_id": number, "payload": payload})
            stream.write(base64.b64encode(message.encode()) + b",")
        stream.flush()
    except BrokenPipeError:
        pass  # the service has exited; the reading side notices


def _answers(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the messages of a stream of answers."""
    rest = b""
    while data := stream.read1(1 << 20):  # type: ignore[attr-defined]
        *messages, rest = (rest + data).split(b",")
        for message in messages:
            answer = json.loads(base64.b64decode(message))
            if answer is not None:
                yield answer


def _settled(name: str, data: bytes) -> bytes:
    """Return a file in a fixed form: Pagefind lists languages in arbitrary order."""
    if name != "pagefind-entry.json":
        return data
    return json.dumps(json.loads(data), sort_keys=True, ensure_ascii=False).encode()
