"""Scoring a review once more, by another version of its form: what `diff` and `simulate` compare with."""

from __future__ import annotations

from kpigen.base.sources import Tree
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, has_errors, shorten
from kpigen.model.forms import Form
from kpigen.model.reviews import Review
from kpigen.repository.project import Project, load_review
from kpigen.repository.records import Record, record_by


def rescore(
    project: Project, tree: Tree, review: Review, form: Form, since: Form | None = None
) -> tuple[Record | None, list[Diagnostic]]:
    """Score a review of a project by any version of its form, whichever it names or was published by.

    Takes the project and the tree that the review was loaded from; its file is read again, because the inputs are typed by
    the form. What it takes from the team by `auto` stays: what it froze when published, else the team's totals of the project.
    Gives the record and everything that was found; None where an error keeps the review from being scored by this version.
    A record whose total is open (an indicator without data) is given as it is.

    With `since`, the version that the review was written for, what it says of indicators and bonus items that only that
    version has is passed over, as if it had never been written; without it, that is an error like in any other review.
    """
    again, found = load_review(tree, review.path, project.rules, form)
    if since is not None:
        found = [item for item in found if not _is_of_removed(item, since, form)]
    if again is None or has_errors(found):
        return None, found
    record = record_by(project, again, form, project.teams.taken_by(review), found)
    return (None if has_errors(found) else record), found


def _is_of_removed(item: Diagnostic, since: Form, form: Form) -> bool:
    """Whether a finding is only that the form has no longer what the version before it had."""
    if item.kind is catalogue.NO_BONUS:
        return bool(since.bonus)
    removed = {
        catalogue.UNKNOWN_INDICATOR: {one.id for one in since.indicators} - {one.id for one in form.indicators},
        catalogue.UNKNOWN_BONUS: {one.id for one in since.bonus} - {one.id for one in form.bonus},
    }
    return dict(item.args).get("id") in {shorten(id_) for id_ in removed.get(item.kind, ())}
