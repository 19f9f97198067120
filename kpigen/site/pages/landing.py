"""The landing page: what this site is and where to go. Without any personal data."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.i18n.messages import mark, messages
from kpigen.site.pages.page import Page
from kpigen.site.pages.readers import PUBLIC
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class LandingView:
    """What stands on the landing page."""

    organisation: str
    forms_path: str
    hr_path: str
    form_count: int


def landing_pages(site: Site) -> list[Page]:
    """Return the landing page in every language."""
    paths = site.languages.paths("", "index.html")
    return [
        Page(
            paths[language],
            "",
            PUBLIC,
            "landing.html",
            language,
            messages(language).gettext(mark("Performance reviews")),
            LandingView(
                site.config.organisation.in_(language),
                site.languages.path("forms/", "index.html", language),
                site.languages.path("hr/", "index.html", language),
                len(site.rules.ids),
            ),
            (),
            paths,
        )
        for language in site.languages.codes
    ]
