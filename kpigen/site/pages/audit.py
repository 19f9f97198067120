"""The audit pages: the history from git, for HR and auditors. All commits, those of each person, those of each form's rules.

They follow git and not the files, so they are not versioned; where there is no history to show, one page says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kpigen.i18n.messages import mark, messages
from kpigen.repository.git.log import Commit, Signature
from kpigen.repository.history.entries import Entry
from kpigen.repository.history.text import when
from kpigen.site.pages.changes import ChangeView, EntryView, entry_view, form_path, person_path
from kpigen.site.pages.page import Page
from kpigen.site.pages.readers import OFFICE
from kpigen.site.pages.site import Site

FOLDER = "hr/audit/"
#: Commits on one page, and changes of one commit on it; the pages of the people have all of theirs.
A_PAGE, A_COMMIT = 100, 50

SHALLOW = mark(
    "This copy of the repository does not have the whole history, so it was not read. "
    "What was changed before the cut would look as if it had always been so."
)
NO_GIT = mark("There is no history in git to read.")
NOT_ASKED = mark("The history was left out of this build (--no-audit).")


@dataclass(frozen=True)
class Past:
    """The history that audit pages show: its entries, the newest first, their signatures, where it ends, what it lacks."""

    entries: tuple[Entry, ...]
    signatures: dict[str, Signature]
    end: Commit
    is_detached: bool
    uncommitted: int


@dataclass(frozen=True)
class AuditView:
    """What stands on an audit page. `why_not` says why there is no history; then the rest is empty."""

    organisation: str
    title: str
    overview_path: str
    index_path: str
    why_not: str
    end: str
    is_detached: bool
    uncommitted: int
    entries: tuple[EntryView, ...]
    left_out: tuple[int, ...]
    pages: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, str], ...]
    forms: tuple[tuple[str, str], ...]


def audit_pages(site: Site, past: Past | str) -> Iterator[Page]:
    """Give the audit pages in every language; instead of a history, a message that says why there is none."""
    for language in site.languages.codes:
        if isinstance(past, str):
            why = messages(language).gettext(past)
            yield _page(site, language, "index.html", replace(_view(site, language, None), why_not=why))
        else:
            yield from _pages(site, past, language)


def _pages(site: Site, past: Past, language: str) -> Iterator[Page]:
    entries = [entry_view(site, entry, past.signatures.get(entry.commit.id), language) for entry in past.entries]
    people: dict[str, str] = {}
    forms: set[str] = set()
    for entry in reversed(entries):
        people |= {change.employee: change.name for change in entry.changes}
        forms |= {rule.form for rule in entry.rules}
    view = _view(site, language, past)
    names = tuple((id_, people[id_], person_path(site, id_, language)) for id_ in sorted(people))
    rules = tuple((form, form_path(site, form, language)) for form in sorted(forms))
    files = [_name(number) for number in range(max(1, -(-len(entries) // A_PAGE)))]
    paths = tuple((str(number), site.languages.path(FOLDER, file, language)) for number, file in enumerate(files, 1))
    for number, file in enumerate(files):
        some = entries[number * A_PAGE : (number + 1) * A_PAGE]
        first = number == 0
        yield _page(
            site,
            language,
            file,
            replace(
                _with_entries(view, [replace(entry, changes=entry.changes[:A_COMMIT]) for entry in some], some),
                pages=paths if len(paths) > 1 else (),
                people=names if first else (),
                forms=rules if first else (),
            ),
        )
    for id_, name, _ in names:
        own = [(entry, tuple(one for one in entry.changes if one.employee == id_)) for entry in entries]
        kept = [replace(entry, changes=changes, rules=(), unread=()) for entry, changes in own if changes]
        yield _page(
            site, language, f"people/{id_}.html", replace(_with_entries(view, kept, kept), title=f"{name} {id_}")
        )
    for form, _ in rules:
        kept = [_of_form(entry, form) for entry in entries if any(rule.form == form for rule in entry.rules)]
        yield _page(site, language, f"forms/{form}.html", replace(_with_entries(view, kept, kept), title=form))


def _of_form(entry: EntryView, form: str) -> EntryView:
    """Return a commit with what it did to a form's rules, and by them to reviews."""
    rules = tuple(rule for rule in entry.rules if rule.form == form)
    changes: tuple[ChangeView, ...] = tuple(
        one for one in entry.changes if one.form == form and one.before and one.after
    )
    return replace(entry, rules=rules, changes=changes, unread=())


def _name(number: int) -> str:
    return "index.html" if number == 0 else f"page-{number + 1}.html"


def _with_entries(view: AuditView, shown: list[EntryView], whole: list[EntryView]) -> AuditView:
    left_out = tuple(len(one.changes) - len(other.changes) for one, other in zip(whole, shown, strict=True))
    return replace(view, entries=tuple(shown), left_out=left_out)


def _view(site: Site, language: str, past: Past | None) -> AuditView:
    return AuditView(
        organisation=site.config.organisation.in_(language),
        title=messages(language).gettext(mark("History")),
        overview_path=site.languages.path("hr/", "index.html", language),
        index_path=site.languages.path(FOLDER, "index.html", language),
        why_not="",
        end=f"{past.end.short}, {when(past.end.committed)}" if past else "",
        is_detached=past.is_detached if past else False,
        uncommitted=past.uncommitted if past else 0,
        entries=(),
        left_out=(),
        pages=(),
        people=(),
        forms=(),
    )


def _page(site: Site, language: str, file: str, view: AuditView) -> Page:
    paths = site.languages.paths(FOLDER, file)
    return Page(paths[language], "hr/", OFFICE, "audit.html", language, view.title, view, (), paths)
