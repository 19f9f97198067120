"""The audit pages: the git history, for HR and auditors. One list of all commits, one per person, one per form.

They depend on git and not on the files, so they are not versioned. If there is no history, one page says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kpigen.i18n.messages import mark, messages
from kpigen.repository.git.log import Commit, Signature
from kpigen.repository.history.entries import Entry
from kpigen.repository.history.text import when
from kpigen.repository.readers import OFFICE
from kpigen.site.pages.changes import EntryView, entry_view
from kpigen.site.pages.page import (
    AUDIT,
    AUDIT_INDEX,
    HR,
    HR_OVERVIEW,
    Page,
    Place,
    audit_form_place,
    audit_person_place,
)
from kpigen.site.pages.site import Site

#: Limits of the list of all commits: commits per page, and changes shown per commit. Pages of people show everything.
A_PAGE, A_COMMIT = 100, 50

SHALLOW = mark(
    "This copy of the repository does not have the whole history, so it was not read. "
    "What was changed before the cut would look as if it had always been so."
)
NO_GIT = mark("There is no history in git to read.")
NOT_ASKED = mark("The history was left out of this build (--no-audit).")


@dataclass(frozen=True)
class Past:
    """The history for audit pages: its entries (newest first), their signatures, where it ends, and what is missing."""

    entries: tuple[Entry, ...]
    signatures: dict[str, Signature]
    end: Commit
    is_detached: bool
    uncommitted: int


@dataclass(frozen=True)
class PageLink:
    """A page of the list of all commits."""

    number: int
    path: str


@dataclass(frozen=True)
class PersonLink:
    """A person whose reviews have a history."""

    id: str
    name: str
    path: str


@dataclass(frozen=True)
class FormLink:
    """A form whose rules have a history."""

    form: str
    path: str


@dataclass(frozen=True)
class AuditView:
    """The content of an audit page. `why_not` is the reason if there is no history; then the rest is empty."""

    organisation: str
    title: str
    overview_path: str
    index_path: str
    why_not: str
    end: str
    is_detached: bool
    uncommitted: int
    entries: tuple[EntryView, ...] = ()
    pages: tuple[PageLink, ...] = ()
    people: tuple[PersonLink, ...] = ()
    forms: tuple[FormLink, ...] = ()


def audit_pages(site: Site, past: Past | str) -> Iterator[Page]:
    """Yield the audit pages in every language. `past` is the history, or a message that says why there is none."""
    for language in site.languages.codes:
        if isinstance(past, str):
            why = messages(language).gettext(past)
            yield _page(site, language, AUDIT_INDEX, replace(_view(site, language, None), why_not=why))
        else:
            yield from _pages(site, past, language)


def _pages(site: Site, past: Past, language: str) -> Iterator[Page]:
    entries = [entry_view(site, entry, past.signatures.get(entry.commit.id), language) for entry in past.entries]
    names: dict[str, str] = {}
    keys: set[str] = set()
    for entry in reversed(entries):
        names |= {change.employee: change.name for change in entry.changes}
        keys |= {rule.form for rule in entry.rules}
    view = _view(site, language, past)
    people = tuple(
        PersonLink(id=id_, name=names[id_], path=site.path(audit_person_place(id_), language)) for id_ in sorted(names)
    )
    forms = tuple(FormLink(form=form, path=site.path(audit_form_place(form), language)) for form in sorted(keys))
    places = [_place(number) for number in range(max(1, -(-len(entries) // A_PAGE)))]
    pages = tuple(PageLink(number, site.path(place, language)) for number, place in enumerate(places, 1))
    for number, place in enumerate(places):
        is_first = number == 0
        yield _page(
            site,
            language,
            place,
            replace(
                view,
                entries=tuple(_shortened(entry) for entry in entries[number * A_PAGE : (number + 1) * A_PAGE]),
                pages=pages if len(pages) > 1 else (),
                people=people if is_first else (),
                forms=forms if is_first else (),
            ),
        )
    for person in people:
        own = replace(view, title=f"{person.name} {person.id}", entries=tuple(_of_person(entries, person.id)))
        yield _page(site, language, audit_person_place(person.id), own)
    for form in forms:
        own = replace(view, title=form.form, entries=tuple(_of_form(entries, form.form)))
        yield _page(site, language, audit_form_place(form.form), own)


def _shortened(entry: EntryView) -> EntryView:
    """Return a commit with its first changes, and the number of the others."""
    return replace(entry, changes=entry.changes[:A_COMMIT], left_out=max(0, len(entry.changes) - A_COMMIT))


def _of_person(entries: Iterable[EntryView], id_: str) -> Iterator[EntryView]:
    """Yield the commits that changed a person's reviews, each with only these changes."""
    for entry in entries:
        changes = tuple(change for change in entry.changes if change.employee == id_)
        if changes:
            yield replace(entry, changes=changes, rules=(), unread=())


def _of_form(entries: Iterable[EntryView], form: str) -> Iterator[EntryView]:
    """Yield the commits that changed a form's rules, each with the changes of these rules and of the reviews they score."""
    for entry in entries:
        rules = tuple(rule for rule in entry.rules if rule.form == form)
        if rules:
            changes = tuple(one for one in entry.changes if one.form == form and one.before and one.after)
            yield replace(entry, rules=rules, changes=changes, unread=())


def _place(number: int) -> Place:
    """Return the place of a page in the list of all commits. `number` starts at 0."""
    return AUDIT_INDEX if number == 0 else Place(AUDIT, f"page-{number + 1}.html")


def _view(site: Site, language: str, past: Past | None) -> AuditView:
    return AuditView(
        organisation=site.config.organisation.in_(language),
        title=messages(language).gettext(mark("History")),
        overview_path=site.path(HR_OVERVIEW, language),
        index_path=site.path(AUDIT_INDEX, language),
        why_not="",
        end=f"{past.end.short}, {when(past.end.committed)}" if past else "",
        is_detached=past.is_detached if past else False,
        uncommitted=past.uncommitted if past else 0,
    )


def _page(site: Site, language: str, place: Place, view: AuditView) -> Page:
    page = site.page(place, language, readers=OFFICE, template="audit.html", title=view.title, view=view)
    return replace(page, folder=HR)  # access is guarded at `hr/`, which contains this folder
