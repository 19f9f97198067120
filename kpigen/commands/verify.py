"""`kpigen verify`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpigen.base import disk
from kpigen.base.sources import WorkTree
from kpigen.commands.common import printer_of
from kpigen.commands.language import language_here, language_option, said_here
from kpigen.commands.place import root_above
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.terms import why
from kpigen.diagnostics.values import Phrase, phrase
from kpigen.emit.escape import padded, printable
from kpigen.files.config import Config
from kpigen.i18n.findings import findings, words
from kpigen.i18n.messages import messages
from kpigen.i18n.words import result_in_words
from kpigen.repository.checks.project import check
from kpigen.repository.export import report_as_json
from kpigen.repository.project import Project, load
from kpigen.repository.records import Record
from kpigen.site.proof.answers import CONSISTENT, ON_RECORD, SIGNED, Answer, answer, exit_code
from kpigen.site.proof.carried import Carried, read_attachments
from kpigen.site.proof.issued import written_by_another
from kpigen.site.proof.on_record import in_repository, in_seals
from kpigen.site.proof.pdf_file import PdfFile, Unreadable, read_file

if TYPE_CHECKING:
    from kpigen.site.proof.paper import Printer
    from kpigen.site.render.render import Renderer


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE.pdf…", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--record",
    metavar="PATH",
    type=click.Path(exists=True),
    help="The record to compare with: a repository, a site's folder, or its seals.json.",
)
@click.option(
    "--trust",
    metavar="CERT.pem",
    type=click.Path(exists=True, dir_okay=False),
    help="The certificate that must have made or issued the signature.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="The format of the answers."
)
@language_option("the answers")
def verify(files: tuple[str, ...], record: str | None, trust: str | None, format_: str, language: str) -> None:
    """Verify the PDF of a report. Three questions, three answers:

    \b
    consistent  needs only the PDF: recomputes score, content digest and seal
                from its attachments, and prints it again: only the same file
                gets a yes
    on record   with --record: current, amended since, withdrawn, or unknown
    signed      by whom, and whether anything was added after; with --trust,
                also whether to trust the signature

    Someone who makes up a whole PDF can make it consistent, but it will not be on record or signed.

    \b
    Exit code: 0 if every question asked is answered yes; 2 for wrong use;
    otherwise the sum of
      1   not consistent
      4   not on record
      8   not signed, or not by the certificate of --trust
      16  it cannot be told whether the file is as issued
    """
    source = _source(Path(record)) if record is not None else None
    make, printer = _press(source)
    code, said = 0, []
    for file in files:
        carried, answers = _ask(file, source, Path(trust) if trust else None, make, printer)
        code |= exit_code(answers)
        if format_ == "text":
            click.echo(_text(file, carried, answers, language), nl=False)
        else:
            said.append(_json(file, carried, answers, language))
    if format_ == "json":
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    sys.exit(code)


@dataclass(frozen=True)
class _Source:
    """What a PDF is compared with: a repository with its records and findings, or the bytes of a list of seals."""

    name: str
    root: Path | None
    config: Config
    project: Project | None = None
    records: tuple[Record, ...] = ()
    found: tuple[Diagnostic, ...] = ()
    seals: bytes = b""


def _source(path: Path) -> _Source:
    seals = path / "seals.json" if path.is_dir() else path
    if seals.is_file() and not (path.is_dir() and root_above(path) == path.resolve()):
        try:
            data = disk.read_given(seals, disk.MAX_LIST)
        except OSError as error:
            said = words(why(error), language_here())
            raise click.BadParameter(f"{str(seals)!r} cannot be read: {said}", param_hint="--record") from error
        return _Source(str(path), None, Config(), seals=data)
    root = root_above(path) if path.is_dir() else None
    if root is None or root != path.resolve():
        raise click.BadParameter(
            said_here("{path!r} is neither a repository of reviews, nor a site, nor a list of seals.", path=str(path)),
            param_hint="--record",
        )
    project = load(WorkTree(root))
    records, found = check(project)
    return _Source(str(path), root, project.config, project, records, found)


def _press(source: _Source | None) -> tuple[Renderer, Printer | Phrase]:
    """Return what prints a report again, with the repository's own templates if there is one; or why it cannot be printed."""
    from kpigen.site.pdf import PdfUnavailable
    from kpigen.site.render.render import BrokenTemplate, Renderer

    root, config = (source.root, source.config) if source else (None, Config())
    try:
        made, renderer = printer_of(config, root), Renderer(root)
    except BrokenTemplate as broken:
        return Renderer(None), broken.diagnostic.sentence
    return renderer, made.reason if isinstance(made, PdfUnavailable) else made


def _ask(
    file: str, source: _Source | None, trust: Path | None, renderer: Renderer, printer: Printer | Phrase
) -> tuple[Carried | None, tuple[Answer, ...]]:
    from kpigen.site.proof.consistent import is_consistent
    from kpigen.site.proof.signature import is_signed

    try:
        pdf: PdfFile = read_file(Path(file))
    except Unreadable as error:
        return None, _unread(source, trust, [catalogue.NOT_A_PDF.at(Span(file), reason=error.why)])
    signed = is_signed(file, pdf, trust)
    carried, found = read_attachments(file, pdf.attachments)
    if carried is None:
        found += written_by_another(file, pdf)
        consistent, recorded, _ = _unread(source, trust, found)
        return None, (consistent, recorded, signed)
    return carried, (is_consistent(file, pdf, carried, renderer, printer), _recorded(file, carried, source), signed)


def _unread(source: _Source | None, trust: Path | None, found: list[Diagnostic]) -> tuple[Answer, Answer, Answer]:
    """Return the answers if nothing could be read: no to every question that was asked."""
    nothing = (phrase("no review could be read from the PDF, so nothing could be looked up"),)
    recorded = Answer(ON_RECORD, False, nothing) if source else Answer(ON_RECORD, None)
    return answer(CONSISTENT, found), recorded, Answer(SIGNED, False if trust else None)


def _recorded(file: str, carried: Carried, source: _Source | None) -> Answer:
    if source is None:
        return Answer(ON_RECORD, None, (phrase("not asked: give a repository or a site's seals.json with --record"),))
    if source.project is None:
        return in_seals(file, carried, source.name, source.seals)
    return in_repository(file, carried, source.name, source.project, source.records, source.found)


_HOLDS = {True: phrase("yes"), False: phrase("NO"), None: phrase("–")}
_OPEN = phrase("?")
_QUESTIONS = {CONSISTENT: phrase("consistent"), ON_RECORD: phrase("on record"), SIGNED: phrase("signed")}


def _text(file: str, carried: Carried | None, answers: tuple[Answer, ...], language: str) -> str:
    lines = [f"{file}: {printable(_about(carried, language)) if carried else words(phrase('not read'), language)}"]
    hint = words(phrase("hint: "), language)
    for item in answers:
        notes = [printable(words(note, language)) for note in item.notes] or [""]
        question, holds = (
            words(_QUESTIONS[item.question], language),
            words(_OPEN if item.is_open else _HOLDS[item.holds], language),
        )
        lines.append(f"  {padded(question, 11)} {padded(holds, 4)} {notes[0]}".rstrip())
        lines += [f"{'':<19}{note}" for note in notes[1:]]
        for problem in findings(item.problems, language):
            lines.append(f"{'':<14}{problem.severity.value}[{problem.code}] {printable(problem.message)}")
            lines += [f"{'':<14}    {hint}{printable(problem.hint)}"] if problem.hint else []
    return "".join(f"{line}\n" for line in lines)


def _about(carried: Carried, language: str) -> str:
    review, card = carried.record.review, carried.record.card
    total = result_in_words(card.total, card.grade, card.form.notation, messages(language))
    return f"{review.employee.name} {review.employee.id} · {review.period} · {carried.record.form.key} · {total}"


def _json(file: str, carried: Carried | None, answers: tuple[Answer, ...], language: str) -> dict[str, Any]:
    report = report_as_json(carried.record) if carried else {}
    return {
        "schema": 1,
        "file": file,
        "report": {
            key: report.get(key) for key in ("employee", "period", "form", "rules", "total", "grade", "content", "seal")
        },
        "answers": [
            {
                "question": item.question,
                "holds": item.holds,
                "notes": [words(note, language) for note in item.notes],
                "problems": [
                    {"code": problem.code, "severity": problem.severity.value, "message": problem.message}
                    for problem in findings(item.problems, language)
                ],
            }
            for item in answers
        ],
        "exit_code": exit_code(answers),
    }
