"""`kpigen build`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpigen.base.disk import MAX_EVIDENCE
from kpigen.base.files import open_folder
from kpigen.base.places import REVIEWS, RULES, TEMPLATES
from kpigen.base.steady import Changed, SteadyTree, changed_since, stamps_of
from kpigen.commands.common import find_root, font_of, printer_of, show, suspect_here
from kpigen.commands.history import History, history_of, signatures_of
from kpigen.commands.language import language_here, said_here, words_here
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, in_order
from kpigen.diagnostics.terms import foreign
from kpigen.diagnostics.values import listed, phrase
from kpigen.files.config import FILES, Config
from kpigen.i18n.findings import findings, words
from kpigen.i18n.messages import mark
from kpigen.model.reviews import Status
from kpigen.repository.git.repository import GitFailed, output_of, work_tree
from kpigen.repository.project import Project, load
from kpigen.site.output.artifacts import Artifact, Sign, artifacts, audit_artifacts
from kpigen.site.output.books import AUDIT
from kpigen.site.output.release import CURRENT, write_release
from kpigen.site.output.writer import Agree, Removal, Written, write_site
from kpigen.site.pages.audit import NO_GIT, NOT_ASKED, SHALLOW, Past
from kpigen.site.pages.page import INDEX
from kpigen.site.proof.paper import Printer

if TYPE_CHECKING:
    from kpigen.site.pages.site import Site

#: What a site is made from.
_SOURCES = (REVIEWS, RULES, TEMPLATES, *FILES)
#: How many releases stay if nobody says how many.
_KEPT = 3


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
@click.option(
    "--release",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Write a whole new site DIR/1, DIR/2, … each time, and switch the link DIR/current to it.",
)
@click.option(
    "--keep", metavar="N", type=click.IntRange(min=1), help="How many releases stay, with --release (default: 3)."
)
@click.option("--yes", is_flag=True, help="Do not ask before more than half of the site is removed.")
@click.pass_obj
def build(
    root: str | None,
    out: str | None,
    no_pdf: bool,
    drafts: bool,
    certificate: str | None,
    no_audit: bool,
    no_search: bool,
    release: str | None,
    keep: int | None,
    yes: bool,
) -> None:
    """Render the site: a page and a PDF for each review, and the pages of people, teams, HR and forms.

    Submitted, published and withdrawn reviews are rendered; drafts only with --drafts. If a source that is rendered has an
    error, or changes meanwhile, nothing is written. Only files whose bytes change are written. Files that kpigen does not own
    stay. If a build is killed, the next one completes or undoes it. A build that would remove more than half of the site asks
    first. The pages under hr/audit/ show the history from git; they are not versioned.
    """
    from kpigen.site.render.render import BrokenTemplate

    if release and out:
        raise click.UsageError("--release and --out both say where to write: give one of them.")
    if keep is not None and not release:
        raise click.UsageError("--keep says how many releases stay: give --release too.")
    folder = find_root(root)
    target = Path(release or out or folder / "site")
    _refuse_sources(folder, target)
    if drafts and _is_versioned(target):
        show([catalogue.DRAFTS_IN_SITE.at(Span(str(target)), path=str(target))])
        sys.exit(1)
    try:
        site = _prepared(folder, target / CURRENT if release else target, no_pdf, drafts, certificate, no_search)
        past = partial(_past, folder) if not no_audit else lambda: NOT_ASKED
        agree = partial(_agree, target, yes)
        if release:
            _release(site, past, target, keep or _KEPT, agree, folder)
        else:
            _written(target, *write_site(target, site.files(), agree=agree, root=folder))
            _written(target / AUDIT.folder, *write_site(target, site.audit(past()), AUDIT, root=folder))
    except BrokenTemplate as broken:
        show([broken.diagnostic])
        sys.exit(1)
    except Changed as changed:
        show([catalogue.CHANGED_MEANWHILE.at(Span(changed.path, line=0), path=changed.path)])
        sys.exit(1)


def _refuse_sources(root: Path, target: Path) -> None:
    """End the command if a site would be written over the repository, into its sources, or around it."""
    place = target.resolve()
    sources = [root / name for name in (".git", REVIEWS, RULES, TEMPLATES)]
    if place in (root, *root.parents) or any(place.is_relative_to(source) for source in sources):
        raise click.UsageError(
            said_here("{folder} holds the repository or its sources: give a folder of its own.", folder=str(target))
        )


@dataclass(frozen=True)
class _Prepared:
    """A checked site, and what makes the bytes of its files."""

    files: Callable[[], Iterator[Artifact]]
    audit: Callable[[Past | str], Iterator[Artifact]]


def _prepared(
    folder: Path, standing: Path, no_pdf: bool, drafts: bool, certificate: str | None, no_search: bool
) -> _Prepared:
    """Read and check everything, and return what is to be written. End the command if something must not be rendered.

    `standing` is the site so far. Whoever takes the files gets Changed if a source has changed since it was read.
    """
    from kpigen.repository.checks.acknowledged import sort_out
    from kpigen.repository.checks.project import check
    from kpigen.site.pages.site import Site
    from kpigen.site.pdf.coverage import undrawn
    from kpigen.site.render.render import Renderer

    stamps = stamps_of(folder, _SOURCES)
    tree = SteadyTree(work_tree(folder))
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
    sign = _signature(standing, certificate) if certificate else None
    printer = None if no_pdf else _printer(project.config, folder)
    if printer is not None:
        show(in_order(undrawn(project, tree.read, font_of(project.config, folder))))
    site = Site(project.config, project.roster, project.rules, records, drafts, pdfs=printer is not None)
    index = None if no_search else _index(site)
    site = replace(site, search=index is not None)
    renderer = Renderer(folder)

    def files() -> Iterator[Artifact]:
        yield from _progress(artifacts(site, renderer, printer, tree.read, sign, index))
        changed = changed_since(folder, _SOURCES, stamps)
        if changed is not None:
            raise Changed(changed)

    return _Prepared(files, lambda past: _progress(audit_artifacts(site, past, renderer)))


def _release(site: _Prepared, past: Callable[[], Past | str], place: Path, keep: int, agree: Agree, root: Path) -> None:
    """Write the site as a release, and say what became of it. End the command if nothing was changed."""

    def write(tree: Path) -> tuple[bool, list[Diagnostic]]:
        outcome, found = write_site(tree, site.files())
        if outcome is not None:
            outcome, more = write_site(tree, site.audit(past()), AUDIT)
            found += more
        return outcome is not None, found

    outcome, problems = write_release(place, write, keep, agree, root)
    show(problems)
    if outcome is None:
        sys.exit(1)
    text = mark("{folder}: release {number} is current, {removed} earlier ones removed")
    if not outcome.is_new:
        text = mark("{folder}: release {number} is current, and the same: nothing was written")
    counts = {"number": outcome.number, "removed": outcome.removed}
    click.echo(words_here().gettext(text).format(folder=place, **counts), err=True)


def _agree(target: Path, yes: bool, removal: Removal) -> bool:
    """Return whether a large part of a site may go: if `--yes` was given, or somebody at the terminal says so."""
    if yes:
        return True
    folders = listed([phrase("{count} × {folder}", folder=name, count=count) for name, count in removal.folders])
    told = catalogue.MUCH_REMOVED.at(
        Span(str(target)), removed=removal.removed, standing=removal.standing, path=str(target), folders=folders
    )
    show([told])
    return sys.stdin.isatty() and click.confirm(words_here().gettext(mark("Remove them?")), default=False, err=True)


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


def _signature(standing: Path, certificate: str) -> Sign:
    """Return a function that signs PDFs, and keeps a signature that stands. End the command if the certificate cannot be used."""
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
        return signer.sign(data, _standing(standing, path))

    return sign


def _standing(site: Path, path: str) -> bytes | None:
    """Return a file's bytes as a site has them, or None if it has none."""
    if not site.is_dir():
        return None
    with open_folder(site) as folder:
        return folder.read(path, MAX_EVIDENCE)


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
