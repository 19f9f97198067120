"""The settings that git is asked with: a repository's own may not start a program.

A repository comes with settings of its own (`.git/config`, what that includes, and those of a work tree), and with attributes
that name filters. Whoever made the folder wrote them, not the one who runs kpigen. So every setting that starts a program is
overridden: those with a fixed name always, and of those with names of their own (filters, programs that verify signatures)
everything that the repository itself sets. What the user or the machine has set for them holds.

They are handed over in the environment, which comes before all files, and where no name can be mistaken for another.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class GitSetting(NamedTuple):
    """A setting of git: its name and its value."""

    name: str
    value: str


#: Lists all settings, each with where it comes from.
LISTING = ("config", "--list", "-z", "--show-scope")

#: These hold for every call: nothing is started, nothing is fetched, and a folder without `.git` is no repository.
FIXED = (
    GitSetting("core.fsmonitor", "false"),
    GitSetting("core.hooksPath", os.devnull),
    GitSetting("core.pager", "cat"),
    GitSetting("core.alternateRefsCommand", "true"),
    GitSetting("core.sshCommand", "false"),
    GitSetting("core.gitProxy", ""),
    GitSetting("core.askPass", ""),
    GitSetting("credential.helper", ""),
    GitSetting("diff.external", ""),
    GitSetting("protocol.allow", "never"),
    GitSetting("safe.bareRepository", "explicit"),
    GitSetting("submodule.recurse", "false"),
)

#: The settings of filters and of drivers for comparing that start a program, or refuse to go on without one.
_OF_DRIVERS = {
    "filter": {"clean": "", "smudge": "", "process": "", "required": "false"},
    "diff": {"textconv": "", "command": ""},
    "merge": {"driver": ""},
}
#: The programs that verify signatures, as git finds them if nothing is set.
_VERIFIERS = {
    "gpg.program": "gpg",
    "gpg.openpgp.program": "gpg",
    "gpg.x509.program": "gpgsm",
    "gpg.ssh.program": "ssh-keygen",
}
_OF_REPOSITORY = ("local", "worktree")


def overriding(listing: bytes) -> tuple[GitSetting, ...]:
    """Return what overrides the programs that a repository itself sets, from the output of `LISTING`.

    >>> overriding(b"global\\0filter.lfs.clean\\ngit-lfs clean\\0local\\0filter.lfs.clean\\nevil\\0local\\0gpg.program\\nevil\\0")
    (GitSetting(name='filter.lfs.clean', value='git-lfs clean'), GitSetting(name='gpg.program', value='gpg'))
    """
    parts = iter(listing.decode("utf-8", "surrogateescape").split("\0"))
    users: dict[str, str] = {}
    own: dict[str, None] = {}
    for scope, line in zip(parts, parts, strict=False):
        name, _, value = line.partition("\n")
        if scope in _OF_REPOSITORY:
            own[name] = None
        else:
            users[name] = value
    harmless = {name: _harmless(name) for name in own}
    return tuple(GitSetting(name, users.get(name, value)) for name, value in harmless.items() if value is not None)


def filters_not_run(settings: Iterable[GitSetting]) -> frozenset[str]:
    """Return the names of the filters that only the repository sets, from what `overriding` returns.

    >>> sorted(filters_not_run([GitSetting("filter.x.clean", ""), GitSetting("filter.lfs.clean", "git-lfs clean")]))
    ['x']
    """
    return frozenset(
        setting.name.removeprefix("filter.").rpartition(".")[0]
        for setting in settings
        if setting.name.startswith("filter.") and not setting.value
    )


def _harmless(name: str) -> str | None:
    """Return the value with which a setting starts nothing of the repository's; None if it never starts anything."""
    if name in _VERIFIERS:
        return _VERIFIERS[name]
    section, _, rest = name.partition(".")
    return _OF_DRIVERS.get(section, {}).get(rest.rpartition(".")[2])


def environment(settings: Iterable[GitSetting] = ()) -> dict[str, str]:
    """Return the environment for git; `settings` are added to those that always hold.

    Messages are English, paths are literal, nothing is asked or fetched, no commit was given other parents, and the
    repository's own settings start nothing.
    """
    count = int(given) if (given := os.environ.get("GIT_CONFIG_COUNT", "")).isdecimal() else 0
    numbered: Mapping[int, GitSetting] = dict(enumerate((*FIXED, *settings), count))
    return {
        **os.environ,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_ALLOW_PROTOCOL": "",  # also where a repository allows a protocol by its name
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_CONFIG_COUNT": str(count + len(numbered)),
        **{f"GIT_CONFIG_KEY_{number}": setting.name for number, setting in numbered.items()},
        **{f"GIT_CONFIG_VALUE_{number}": setting.value for number, setting in numbered.items()},
    }
