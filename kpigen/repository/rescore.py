"""Scores a review again with another version of its form. Used by `diff` and `simulate`."""

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
    """Return the record of a review under any version of its form, and the findings.

    The version that the review pins or was published by is ignored. `project` and `tree` are those that the review was
    loaded from; its file is read again, because the form determines the types of the inputs. Values of `auto` stay the
    same: those frozen when published, otherwise the current ones. The record is None if an error prevents scoring.
    A record may have an open total (an indicator without data).

    `since` is the version that the review was written for. With it, indicators and bonus items that only that version has
    are ignored; without it, they are errors as in any other review.
    """
    again, found = load_review(tree, review.path, project.rules, form)
    if since is not None:
        found = [item for item in found if not _is_of_removed(item, since, form)]
    if again is None or has_errors(found):
        return None, found
    record = record_by(project, again, form, project.totals.taken_by(again), found)
    return (None if has_errors(found) else record), found


def _is_of_removed(item: Diagnostic, since: Form, form: Form) -> bool:
    """Return whether a finding is only about something that the new form version no longer has."""
    if item.kind is catalogue.NO_BONUS:
        return bool(since.bonus)
    removed = {
        catalogue.UNKNOWN_INDICATOR: {one.id for one in since.indicators} - {one.id for one in form.indicators},
        catalogue.UNKNOWN_BONUS: {one.id for one in since.bonus} - {one.id for one in form.bonus},
    }
    return dict(item.args).get("id") in {shorten(id_) for id_ in removed.get(item.kind, ())}
