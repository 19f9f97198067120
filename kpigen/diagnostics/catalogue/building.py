"""7xx: Building."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

FOREIGN_FILE = error(
    701,
    "File in the way",
    "`{path}` was not written by kpigen and is where a page would be written",
    "move or delete it",
)
BUILD_RUNNING = error(
    702, "Another build is running", "another kpigen is writing to {path}", "wait until it has finished"
)
NO_PDF_ENGINE = warning(703, "No PDFs", "no PDFs were made: {reason}", "{hint}")
CANNOT_WRITE = error(
    704,
    "Cannot write",
    "cannot write {path}: {reason}",
    "check permissions and free space; the existing files are unchanged",
)
DRAFTS_IN_SITE = error(
    705,
    "Drafts in a versioned site",
    "{path} is versioned in git, and drafts must not be committed",
    "give another folder: --out /tmp/preview",
)
TEMPLATE_BROKEN = error(
    706, "Template", "the template cannot be used: {problem}", "compare with the template that comes with kpigen"
)
BUILD_INTERRUPTED = warning(
    707, "Interrupted build", "an earlier build of {path} was interrupted", "it has been {outcome}"
)
NO_SEARCH = warning(708, "No search", "hr/ has no search: {reason}", "{hint}")
CANNOT_FINISH = error(
    709,
    "Unfinished build",
    "cannot write {path}: {reason}; other files are written already",
    "mend this and build again, which completes it; until then nobody reads more than both the old and the new site allow",
)
CHANGED_MEANWHILE = error(
    710,
    "Changed during the build",
    "`{path}` changed while the site was built: what was checked is not what is there now",
    "nothing was written; build again when nobody writes here",
)
MUCH_REMOVED = error(
    711,
    "Much would be removed",
    "this build would remove {removed} of the {standing} files in {path}: {folders}",
    "nothing was written; if they are to go give --yes, otherwise see if --root and the branch are right, and if `reviews/` is whole",
)
NO_REPOSITORY = error(
    712,
    "No repository of reviews",
    "{path} has no `reviews/`, no `rules/` and no settings (`kpigen.toml`, or `[tool.kpigen]` in `pyproject.toml`)",
    "give the folder that holds them; `kpigen init` sets up a new one",
)
AUDIT_LEFT_OUT = warning(
    715,
    "No audit pages",
    "the pages under hr/audit/ are left out: {reason}",
    "an incomplete history would look right and be wrong; "
    "`git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out",
)
NOT_IN_FONT = warning(
    720,
    "Character without a glyph",
    "the fonts of the PDFs cannot draw `{character}` ({code}): a PDF shows a box for it, in this file at {places}",
    "use other words or signs, or name a font that has it under `pdf_font`",
)
TAKES_TOO_LONG = error(
    721,
    "Takes too long",
    "{document} takes more than {seconds} seconds of processor time, or more memory than a build may have",
    "shorten what it shows: texts, tables, lists; or mend the template, if the repository has its own",
)
TEMPLATE_ENDLESS = error(
    722,
    "Template takes too long",
    "the template was still at work here when the time for a page was over",
    "look for a loop or a macro that does not end",
)
PAGE_TOO_LARGE = error(
    723,
    "Page too large",
    "the template makes a page of more than {limit} characters, or needs more memory than a build may have",
    "look for a loop that repeats too often, or a text that is repeated",
)
CANNOT_PRINT = error(
    724,
    "Cannot be printed",
    "what the template makes cannot be printed: {problem}",
    "look for HTML nested hundreds of levels deep, or a style that print does not know",
)
