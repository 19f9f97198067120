"""`kpigen build`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpigen.base import disk
from kpigen.commands.common import find_root, font_of, printer_of, show, suspect_here
from kpigen.commands.history import History, history_of, signatures_of
from kpigen.commands.language import language_here, words_here
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order
from kpigen.diagnostics.terms import foreign
from kpigen.files.config import Config
from kpigen.i18n.findings import findings, words
from kpigen.i18n.messages import mark
from kpigen.model.reviews import Status
from kpigen.repository.git.repository import GitFailed, output_of, work_tree
from kpigen.repository.project import Project, load
from kpigen.site.output.artifacts import Artifact, Sign, artifacts, audit_artifacts
from kpigen.site.output.writer import AUDIT, Written, write_site
from kpigen.site.pages.audit import NO_GIT, NOT_ASKED, SHALLOW, Past
from kpigen.site.pages.page import INDEX
from kpigen.site.proof.paper import Printer

if TYPE_CHECKING:
    from kpigen.site.pages.site import Site


@click.command()
@click.option("--out", type=click.Path(file_okay=False), help="The folder to write (default: site/ in the repository).")
@click.option("--no-pdf", is_flag=True, help="Do not make PDFs.")
@click.option("--drafts", is_flag=True, help="Render drafts too, marked as such; not allowed in a versioned folder.")
@click.option(
    "--sign",
    "certificate",
    metavar="CERT.p12",
    type=click.Path(exists=True, dir_okay=False),
    help="Sign the PDFs of published reports. The password is in KPIGEN_SIGN_PASSWORD; otherwise you are asked for it.",
)
@click.option("--no-audit", is_flag=True, help="Do not make the history from git, hr/audit/.")
@click.option("--no-search", is_flag=True, help="Do not make the search in hr/.")
@click.pass_obj
def build(
    root: str | None,
    out: str | None,
    no_pdf: bool,
    drafts: bool,
    certificate: str | None,
    no_audit: bool,
    no_search: bool,
) -> None:
    """Render the site: a page and a PDF for each review, and the pages of people, teams, HR and forms.

    Submitted, published and withdrawn reviews are rendered; drafts only with --drafts. If a source that is rendered has an
    error, nothing is written. Only files whose bytes change are written. Files that kpigen does not own stay. If a build is
    killed, the next one completes or undoes it. The pages under hr/audit/ show the history from git; they are not versioned.
    """
    from kpigen.repository.checks.acknowledged import sort_out
    from kpigen.repository.checks.project import check
    from kpigen.site.pages.site import Site
    from kpigen.site.pdf.coverage import undrawn
    from kpigen.site.render.render import BrokenTemplate, Renderer

    folder = find_root(root)
    target = Path(out) if out else folder / "site"
    if drafts and _is_versioned(target):
        show([catalogue.DRAFTS_IN_SITE.at(Span(str(target)), path=str(target))])
        sys.exit(1)
    tree = work_tree(folder)
    project = load(tree)
    with suspect_here(tree, project) as suspect:
        records, found = check(project, suspect=suspect)
    blocking = _blocking(project, found, drafts)
    show(blocking or [item for item in sort_out(project, found).found if not item.is_error])
    if blocking:
        nothing = words_here().number_of(
            "{count} error: nothing was written", "{count} errors: nothing was written", len(blocking)
        )
        click.echo(nothing, err=True)
        sys.exit(1)
    sign = _signature(target, certificate) if certificate else None
    try:
        printer = None if no_pdf else _printer(project.config, folder)
        renderer = Renderer(folder)
        if printer is not None:
            show(in_order(undrawn(project, tree.read, font_of(project.config, folder))))
        site = Site(project.config, project.roster, project.rules, records, drafts, pdfs=printer is not None)
        index = None if no_search else _index(site)
        site = replace(site, search=index is not None)
        _written(target, *write_site(target, _progress(artifacts(site, renderer, printer, tree.read, sign, index))))
        past = NOT_ASKED if no_audit else _past(folder)
        pages = audit_artifacts(site, past, renderer)
        _written(target / AUDIT.folder, *write_site(target, _progress(pages), AUDIT))
    except BrokenTemplate as broken:
        show([broken.diagnostic])
        sys.exit(1)


def _written(target: Path, outcome: Written | None, problems: list[Diagnostic]) -> None:
    """Say how many files were written. End the command if nothing could be written."""
    show(problems)
    if outcome is None:
        sys.exit(1)
    text = words_here().gettext(mark("{folder}: {written} written, {unchanged} unchanged, {removed} removed"))
    counts = {"written": outcome.written, "unchanged": outcome.unchanged, "removed": outcome.removed}
    click.echo(text.format(folder=target, **counts), err=True)


def _past(root: Path) -> Past | str:
    """Return the history from git, or the message for its page that says why there is none."""
    try:
        history = history_of(root)
        if isinstance(history, History):
            signatures = signatures_of(root, history.entries)
            return Past(history.entries, signatures, history.end, history.is_detached, history.uncommitted)
    except GitFailed as error:
        history = catalogue.NO_HISTORY.at(Span(str(root)), reason=foreign(error.reason))
    if history.kind is catalogue.HISTORY_CUT:
        show([catalogue.AUDIT_LEFT_OUT.at(Span(str(root)), reason=history.sentence)])
        return SHALLOW
    text = words_here().gettext(mark("note: hr/audit/ has no history: {reason}"))
    click.echo(text.format(reason=findings([history], language_here())[0].message), err=True)
    return NO_GIT


def _blocking(project: Project, found: Iterable[Diagnostic], drafts: bool) -> list[Diagnostic]:
    """Return the errors of sources that are rendered. A draft that is not rendered does not stop the others."""
    left_out = {review.path for review in project.reviews if review.status is Status.DRAFT and not drafts}
    return [item for item in found if item.is_error and item.span.path not in left_out]


def _printer(config: Config, root: Path) -> Printer | None:
    """Return the printer of PDFs. If there is none, say why and return None."""
    from kpigen.site.pdf import PdfUnavailable

    made = printer_of(config, root)
    if isinstance(made, PdfUnavailable):
        show([catalogue.NO_PDF_ENGINE.at(Span(".", line=0), reason=made.reason, hint=made.hint)])
        return None
    for note in made.notes:
        click.echo(words_here().gettext(mark("note: {note}")).format(note=words(note, language_here())), err=True)
    return made


def _index(site: Site) -> dict[str, bytes] | None:
    """Return the files of the search index by name; None if there is nothing to find, or (with a warning) no Pagefind."""
    from kpigen.site.output.search import SearchUnavailable, search_index
    from kpigen.site.pages.search import findables

    found = findables(site)
    made = search_index(found) if found else None
    if isinstance(made, SearchUnavailable):
        show([catalogue.NO_SEARCH.at(Span(".", line=0), reason=made.reason, hint=made.hint)])
        return None
    return made


def _signature(target: Path, certificate: str) -> Sign:
    """Return a function that signs PDFs. End the command if the certificate cannot be used."""
    from kpigen.site.proof.signature import CannotSign, Signer

    password = os.environ.get("KPIGEN_SIGN_PASSWORD")
    if password is None and sys.stdin.isatty():
        password = click.prompt(
            words_here().gettext(mark("Password of the certificate")),
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        )
    try:
        signer = Signer(Path(certificate), password or "")
    except CannotSign as error:
        show([catalogue.CANNOT_SIGN.at(Span(certificate), reason=error.why)])
        sys.exit(1)

    def sign(path: str, data: bytes) -> bytes:
        try:
            existing = disk.read(target, path, disk.MAX_EVIDENCE)
        except OSError:
            existing = None  # what is there is not what was signed
        return signer.sign(data, existing)

    return sign


def _is_versioned(folder: Path) -> bool:
    """Return True if git would commit files of a folder."""
    folder = folder.resolve()
    if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return False
    existing = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    try:
        # The command refuses to take paths literally, and its paths begin with a slash.
        output_of(existing, "check-ignore", "--quiet", str(folder / INDEX), env={"GIT_LITERAL_PATHSPECS": "0"})
    except GitFailed:
        return True
    return False


def _progress(files: Iterator[Artifact]) -> Iterator[Artifact]:
    """Show the progress, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield from files
        return
    listed = list(files)
    with click.progressbar(
        listed, file=sys.stderr, label="Rendering", item_show_func=lambda item: item.path if item else ""
    ) as bar:
        yield from bar
