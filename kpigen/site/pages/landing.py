"""The landing page: what this site is and where to go. It has no personal data."""

from __future__ import annotations

from dataclasses import dataclass

from kpigen.i18n.messages import mark, messages
from kpigen.repository.readers import PUBLIC
from kpigen.site.pages.page import FORM_LIST, HR_OVERVIEW, LANDING, Page
from kpigen.site.pages.site import Site


@dataclass(frozen=True)
class LandingView:
    """The content of the landing page."""

    organisation: str
    forms_path: str
    hr_path: str
    form_count: int


def landing_pages(site: Site) -> list[Page]:
    """Return the landing page in every language."""
    return [
        site.page(
            LANDING,
            language,
            readers=PUBLIC,
            template="landing.html",
            title=messages(language).gettext(mark("Performance reviews")),
            view=LandingView(
                organisation=site.config.organisation.in_(language),
                forms_path=site.path(FORM_LIST, language),
                hr_path=site.path(HR_OVERVIEW, language),
                form_count=len(site.rules.ids),
            ),
        )
        for language in site.languages.codes
    ]
