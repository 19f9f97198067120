"""8xx: Settings."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error

SETTINGS_SYNTAX = error(801, "Settings", "the settings cannot be read: {problem}", "the file is TOML")
SETTINGS_VALUE = error(802, "Settings value", "`{key}` must be {expected}", "docs/settings.md lists the settings")
NO_PROJECT = error(
    803,
    "No repository of reviews here",
    "there is no `reviews/` or settings in {path} or above",
    "change into the repository, or give --root DIR; to score a file by itself give --rules DIR",
)
SETTINGS_FILE = error(
    804,
    "File that a setting names",
    "`{key}` names {path}, which is not read: {reason}",
    "put the file itself there, or name another one",
)
