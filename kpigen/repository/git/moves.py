"""The history of reviews whose folder moved inside the git repository, told as if it had always been where it is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kpigen.repository.git.log import Commit, FileChange, TreeEntry
from kpigen.repository.git.tree import OBSTACLES

_Entries = tuple[TreeEntry | None, ...]


def in_one_folder(
    commits: Iterable[Commit], folders: Sequence[str], names: Collection[str], children: Mapping[str, int]
) -> Iterator[Commit]:
    """Yield commits with their changes as those of one folder, of these `names` only.

    Paths are full before, and relative afterwards. A path that is in several folders at once is the one in the first of them.
    Commits must come parents first. `children` counts the direct children of each commit, so that its files can be
    forgotten as soon as they are no longer needed.
    """
    waiting = dict(children)
    states: dict[str, dict[str, _Entries]] = {}
    nothing: _Entries = (None,) * len(folders)
    for commit in commits:
        state = states[commit.parents[0]] if commit.parents else {}
        for parent in dict.fromkeys(commit.parents):
            waiting[parent] -= 1
            if not waiting[parent]:
                del states[parent]
        if commit.parents and commit.parents[0] in states:
            state = state.copy()
        before: dict[str, TreeEntry | None] = {}
        for file in commit.files:
            for place, path in _places(file.path, folders, names):
                entries = state.get(path, nothing)
                before.setdefault(path, _shown(entries))
                entry = TreeEntry(file.mode, file.oid) if file.mode else None
                state[path] = (*entries[:place], entry, *entries[place + 1 :])
        after = {path: _shown(state[path]) for path in before if not _is_left_behind(path, state)}
        changed = {path: entry or TreeEntry("", "") for path, entry in after.items() if entry != before[path]}
        states[commit.id] = state
        yield replace(commit, files=tuple(FileChange(path, *entry) for path, entry in changed.items()))


def _places(path: str, folders: Sequence[str], names: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of the folder that a path is in, and the path in it."""
    for place, folder in enumerate(folders):
        inside = path.removeprefix(folder)
        if path.startswith(folder) and inside.partition("/")[0] in names:
            yield place, inside


def _is_left_behind(path: str, state: Mapping[str, _Entries]) -> bool:
    """Return whether a path is a link or submodule where a folder was that is now in one of the folders before."""
    place = next((place for place, entry in enumerate(state[path]) if entry and entry.mode in OBSTACLES), 0)
    inside = f"{path}/"
    return place > 0 and any(any(entries[:place]) for other, entries in state.items() if other.startswith(inside))


def _shown(entries: _Entries) -> TreeEntry | None:
    return next((entry for entry in entries if entry), None)
