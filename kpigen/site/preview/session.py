"""A running preview: refreshes after each save, holds what is shown, and lets readers wait for the next change."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Condition

from kpigen.base.digests import digest, file_digest
from kpigen.base.resources import TemplateFolder, template_folders
from kpigen.diagnostics.diagnostic import Diagnostic, in_order
from kpigen.diagnostics.news import news
from kpigen.files.config import Config
from kpigen.i18n.messages import messages
from kpigen.repository.checks.acknowledged import sort_out
from kpigen.repository.checks.project import check
from kpigen.repository.project import load
from kpigen.site.output.artifacts import parts
from kpigen.site.pdf import PdfUnavailable
from kpigen.site.preview.library import Library
from kpigen.site.preview.memory import Memory, RememberingTree
from kpigen.site.preview.printing import LatePrinter
from kpigen.site.preview.snapshot import Snapshot, snapshot
from kpigen.site.proof.paper import Printer
from kpigen.site.render.render import BrokenTemplate, Renderer

#: Returns the printer for the settings, or the reason why it is unavailable.
LoadPrinter = Callable[[Config], Printer | PdfUnavailable]


@dataclass(frozen=True)
class ShownState:
    """What is shown at one time. `number` grows with every change; `look` identifies the state of templates and assets."""

    number: int
    snapshot: Snapshot
    library: Library
    look: str


@dataclass(frozen=True)
class Change:
    """The result of a refresh: new findings, resolved findings, and how long it took."""

    fresh: list[Diagnostic]
    gone: list[Diagnostic]
    seconds: float


class Session:
    """A preview. Only one thread may call `refresh`; any thread may read what is shown."""

    def __init__(self, root: Path, drafts: bool, load_printer: LoadPrinter) -> None:
        """Take the repository, whether to show drafts, and how to load the printer. Reads the repository once."""
        self.root = root
        self._drafts, self._load_printer = drafts, load_printer
        self._tree, self._memory = RememberingTree(root), Memory()
        self._changed = Condition()
        self._closed = False
        self._broken: dict[str, Diagnostic] = {}
        self._renderer, _ = _renderer(root)
        self._printer: LatePrinter | None = None
        self._shown: ShownState | None = None
        self.refresh()

    @property
    def shown(self) -> ShownState:
        """The current state."""
        assert self._shown is not None
        return self._shown

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """All current findings, including templates that could not be rendered."""
        return in_order([*self.shown.snapshot.found, *self._broken.values()])

    def refresh(self) -> Change | None:
        """Read the repository again and show its state. Return what has changed, or None if nothing has."""
        started = time.perf_counter()
        before = self._shown
        project = load(self._tree, self._memory)
        look = _look(self.root)
        if before is not None and project == before.snapshot.project and look == before.look:
            return None
        records, found = check(project, self._memory.record)
        found = sort_out(project, found).found
        old = self.found if before is not None else ()
        now = snapshot(project, records, found, before.snapshot if before else None, self._drafts)
        if before is None or look != before.look:
            messages.cache_clear()
            self._renderer, problems = _renderer(self.root)
            self._broken = {item.span.path: item for item in problems}
        if before is None or look != before.look or now.config != before.snapshot.config:
            self._printer = LatePrinter(partial(self._load_printer, now.config))
        files = partial(parts, now.site, self._renderer, self._printer, self._read)
        with self._changed:
            self._shown = ShownState(before.number + 1 if before else 1, now, Library(files), look)
            self._changed.notify_all()
        fresh, gone = news(old, self.found)
        return Change(fresh, gone, time.perf_counter() - started)

    def broken(self, page: str, problem: Diagnostic | None) -> bool:
        """Note that a page cannot be rendered, or (None) that it can. Return True if that should be reported."""
        known = set(self._broken.values())
        if problem is None:
            self._broken.pop(page, None)
        else:
            self._broken[page] = problem
        return problem is not None and problem not in known

    def wait(self, seen: int, seconds: float) -> int | None:
        """Wait until the number differs from `seen`, at most `seconds`. Return the number, or None if the session has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.shown.number != seen, seconds)
            return None if self._closed else self.shown.number

    def close(self) -> None:
        """End the session and release everyone who is waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _read(self, path: str) -> bytes:
        """Return a file's bytes for a page. Links are never followed, even if a file was replaced by one since the refresh."""
        if self._tree.digest(path) is None:
            raise FileNotFoundError(2, "no such file", path)
        return self._tree.read(path)


def _renderer(root: Path) -> tuple[Renderer, list[Diagnostic]]:
    """Return the renderer, and the problems of templates. If some cannot be read, kpigen's own show what they can."""
    try:
        renderer = Renderer(root)
        return renderer, renderer.problems()
    except BrokenTemplate as broken:
        return Renderer(None), [broken.diagnostic]


def _look(root: Path) -> str:
    """Return a digest of all templates, assets and translations that pages may use."""
    return digest([[str(folder.path), *_state_of(folder)] for folder in template_folders(root)])[:16]


def _state_of(folder: TemplateFolder) -> list[str]:
    try:
        return [f"{name} {file_digest(folder.read(name))}" for name in folder.files()]
    except OSError as error:
        return [str(error)]
