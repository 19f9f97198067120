"""The forms as readable rules: a list of those in force, and a page for each version. Readers: everyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpigen.i18n.messages import Messages, mark, messages
from kpigen.model.forms import Form
from kpigen.repository.readers import PUBLIC
from kpigen.scoring.attainable import Most
from kpigen.scoring.attainable_total import most_points
from kpigen.site.pages.form_view import FormView, cycles_of, form_view
from kpigen.site.pages.page import FORM_LIST, Page, form_place
from kpigen.site.pages.site import Site
from kpigen.site.pages.versions import VersionDifference, differences


@dataclass(frozen=True)
class VersionLink:
    """A version of a form, and the path of its page."""

    version: str
    path: str
    is_current: bool


@dataclass(frozen=True)
class FormPageView:
    """The page of a form version. `before` is the previous version, which it is compared with.

    `tells_origins` is True if one of the two says where its numbers come from.
    """

    organisation: str
    forms_path: str
    form: FormView
    versions: tuple[VersionLink, ...]
    before: str
    differences: tuple[VersionDifference, ...]
    tells_origins: bool


@dataclass(frozen=True)
class FormLine:
    """A form in the list. `most` is the highest possible total; empty if there is no limit."""

    title: str
    summary: str
    cycle: str
    key: str
    most: str
    path: str


@dataclass(frozen=True)
class FormListView:
    """The list of forms."""

    organisation: str
    forms: tuple[FormLine, ...]


def form_pages(site: Site) -> list[Page]:
    """Return the list of forms and the page of every version, in every language."""
    pages = []
    most = {form.key: most_points(form) for form in site.rules.forms}
    for language in site.languages.codes:
        words = messages(language)
        pages.append(
            site.page(
                FORM_LIST,
                language,
                readers=PUBLIC,
                template="forms.html",
                title=words.gettext(mark("Forms")),
                view=_list(site, most, words),
            )
        )
        for view in _views(site, most, words):
            pages.append(
                site.page(
                    form_place(view.form.id, view.form.version),
                    language,
                    readers=PUBLIC,
                    template="form.html",
                    title=view.form.title,
                    view=view,
                )
            )
    return pages


def _list(site: Site, most: Mapping[str, Most], words: Messages) -> FormListView:
    in_force = [site.rules.versions(id_)[-1] for id_ in site.rules.ids]
    return FormListView(
        organisation=site.config.organisation.in_(words.language),
        forms=tuple(_line(site, form, most[form.key], words) for form in in_force),
    )


def _line(site: Site, form: Form, most: Most, words: Messages) -> FormLine:
    return FormLine(
        title=form.title.in_(words.language),
        summary=form.summary.in_(words.language) if form.summary else "",
        cycle=cycles_of(form, words),
        key=form.key,
        most="" if most.value is None else words.number(most.value, 2),
        path=site.path(form_place(form.id, form.version), words.language),
    )


def _views(site: Site, most: Mapping[str, Most], words: Messages) -> Iterator[FormPageView]:
    """Yield the view of every version, each with its changes since the previous one."""
    for id_ in site.rules.ids:
        before: FormView | None = None
        before_told = False
        for form in site.rules.versions(id_):
            view = form_view(form, most[form.key], words)
            yield FormPageView(
                organisation=site.config.organisation.in_(words.language),
                forms_path=site.path(FORM_LIST, words.language),
                form=view,
                versions=_versions(site, form, words.language),
                before=before.version if before else "",
                differences=differences(before, view, words) if before else (),
                tells_origins=form.has_origins or before_told,
            )
            before, before_told = view, form.has_origins


def _versions(site: Site, form: Form, language: str) -> tuple[VersionLink, ...]:
    return tuple(
        VersionLink(
            version=item.version,
            path=site.path(form_place(item.id, item.version), language),
            is_current=item.version == form.version,
        )
        for item in site.rules.versions(form.id)
    )
