"""Words of the program as phrases: by their key in files, and texts of other programs by their English."""

from __future__ import annotations

from dataclasses import replace

from kpigen.base.disk import TooLarge
from kpigen.diagnostics.values import Value, phrase

STATUS = {
    "draft": phrase("draft"),
    "submitted": phrase("submitted"),
    "published": phrase("published"),
    "withdrawn": phrase("withdrawn"),
}
ROLES = {
    "employee": phrase("employee"),
    "assessor": phrase("assessor"),
    "leader": phrase("leader"),
    "hr": phrase("hr"),
}
CYCLES = {"month": phrase("month"), "quarter": phrase("quarter"), "half": phrase("half"), "year": phrase("year")}
ENTRIES = {
    "confirmations": phrase("confirmations"),
    "objections": phrase("objections"),
    "amendments": phrase("amendments"),
}
RESULTS = {"total": phrase("total"), "grade": phrase("grade"), "seal": phrase("seal")}

#: What other programs say: the operating system, the TOML reader, libyaml, and git or why it was not asked.
_FOREIGN = {
    item.text: item
    for item in (
        phrase("No such file or directory"),
        phrase("no such file"),
        phrase("no such file in this revision"),
        phrase("links are not followed"),
        phrase("another git repository is not entered"),
        phrase("not a regular file"),
        phrase("folders lie too deep inside each other"),
        phrase("Input/output error"),
        phrase("Is a directory"),
        phrase("Not a directory"),
        phrase("Permission denied"),
        phrase("File exists"),
        phrase("File name too long"),
        phrase("No space left on device"),
        phrase("Read-only file system"),
        phrase("it is a link, which is not followed"),
        phrase("it is no regular file"),
        phrase("Invalid value"),
        phrase("not a git repository (or any of the parent directories): .git"),
        phrase("git is not installed"),
        phrase("there is no such revision in this repository"),
        phrase("it has no commit in common with HEAD: another history, or one that was rewritten from its beginning"),
        phrase("mapping values are not allowed in this context"),
        phrase("found character that cannot start any token"),
        phrase("found a tab character that violates indentation"),
        phrase("found unexpected end of stream"),
        phrase("found unexpected document indicator"),
        phrase("found unknown escape character"),
        phrase("found undefined tag handle"),
        phrase("did not find expected node content"),
        phrase("did not find expected key"),
        phrase("did not find expected ',' or ']'"),
        phrase("did not find expected ',' or '}'"),
        phrase("did not find expected '-' indicator"),
        phrase("did not find expected <document start>"),
        phrase("could not find expected ':'"),
        phrase("block sequence entries are not allowed in this context"),
        phrase("block mapping entries are not allowed in this context"),
    )
}
#: What libyaml was reading when it came upon a problem.
_READING = {
    item.text.partition(" {")[0]: item
    for item in (
        phrase("while scanning for the next token {problem}"),
        phrase("while scanning a simple key {problem}"),
        phrase("while scanning a quoted scalar {problem}"),
        phrase("while scanning a plain scalar {problem}"),
        phrase("while scanning a block scalar {problem}"),
        phrase("while parsing a flow node {problem}"),
        phrase("while parsing a flow mapping {problem}"),
        phrase("while parsing a flow sequence {problem}"),
        phrase("while parsing a block mapping {problem}"),
        phrase("while parsing a block collection {problem}"),
        phrase("while parsing a node {problem}"),
    )
}


def foreign(text: str) -> Value:
    """Return what another program says (libyaml, the TOML reader, the operating system): a phrase if it is known."""
    return _FOREIGN.get(text, text)


def while_reading(context: str | None, problem: str | None) -> Value:
    """Return what libyaml says: what it was reading, and the problem; either may be missing."""
    known = _READING.get(context or "")
    if known and problem:
        return replace(known, args=(("problem", foreign(problem)),))
    return foreign(" ".join(filter(None, (context, problem)))) if context or problem else phrase("cannot be read")


def why(error: OSError) -> Value:
    """Return the operating system's reason for a failure; for a file that is too large, how large it may be."""
    if isinstance(error, TooLarge):
        return phrase("it has {size} bytes, more than {limit}", size=f"{error.size:,}", limit=f"{error.limit:,}")
    return foreign(error.strerror) if error.strerror else phrase("unknown")
