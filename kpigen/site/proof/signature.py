"""Signatures in PDFs: PAdES with the organisation's own certificate, using pyHanko (the extra `kpigen[sign]`)."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kpigen.base import disk
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span, shorten
from kpigen.diagnostics.terms import why
from kpigen.diagnostics.values import Value, phrase
from kpigen.site.proof.answers import SIGNED, Answer, answer
from kpigen.site.proof.pdf_file import PdfFile

FIELD = "Signature1"

#: What pyHanko raises besides its own errors when a file is not built as it expects.
_UNREADABLE = (ValueError, OSError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_MISSING = phrase("signatures need more packages: pip install 'kpigen[sign]'")


class CannotSign(Exception):  # noqa: N818  # carries the reason to the caller
    """The certificate cannot be used, or the extra `sign` is not installed. `why` is the reason."""

    def __init__(self, why: Value) -> None:
        """Store the reason."""
        super().__init__(why)
        self.why = why


class Signer:
    """Signs PDFs with one certificate, which is read once."""

    def __init__(self, certificate: Path, password: str) -> None:
        """Read a PKCS #12 file. Raise CannotSign, with the reason, if that fails."""
        try:
            from pyhanko.sign import signers
        except ImportError as error:
            raise CannotSign(_MISSING) from error
        try:
            data = disk.read_given(certificate, disk.MAX_TEXT)
        except OSError as error:
            raise CannotSign(why(error)) from error
        try:
            with _quiet():
                self._signer: Any = signers.SimpleSigner.load_pkcs12_data(
                    data, [], passphrase=password.encode() or None
                )
        except Exception as error:  # pyHanko raises all kinds of errors on odd files
            raise CannotSign(
                phrase("{file} cannot be read as PKCS #12: not such a file, or another password", file=str(certificate))
            ) from error

    def sign(self, data: bytes, existing: bytes | None) -> bytes:
        """Return a PDF with a signature added at its end.

        `existing` is the file at its path, if any. If that is this very PDF, signed with the same certificate, it is kept:
        a new signature would change the file at every build.
        """
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        if existing is not None and existing.startswith(data) and self._has_signed(existing):
            return existing
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        output = io.BytesIO()
        with _quiet():
            file = IncrementalPdfFileWriter(io.BytesIO(data))
            _apart(lambda: signers.sign_pdf(file, meta, signer=self._signer, output=output))
        return output.getvalue()

    def _has_signed(self, data: bytes) -> bool:
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.pdf_utils.reader import PdfFileReader

        try:
            signatures = PdfFileReader(io.BytesIO(data)).embedded_signatures
            mine = self._signer.signing_cert.sha256
            return len(signatures) == 1 and signatures[0].signer_cert.sha256 == mine
        except (*_UNREADABLE, PdfError):
            return False


def is_signed(name: str, pdf: PdfFile, trusted: Path | None) -> Answer:
    """Answer who signed a PDF, whether the signature is valid, and whether anything was added afterwards.

    `trusted` is a file with the certificate, or its issuer's, that a signature must chain to. Without it the signer's identity
    is not checked, and an unsigned PDF is not a problem.
    """
    span = Span(name)
    if not pdf.signatures:
        if trusted is None:
            return Answer(SIGNED, None, (phrase("the PDF carries no signature"),))
        return answer(SIGNED, [catalogue.NOT_SIGNED.at(span)])
    try:
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation.errors import SignatureValidationError
    except ImportError:
        if trusted is None:
            note = phrase("the PDF carries a signature, which cannot be checked here: {reason}", reason=_MISSING)
            return Answer(SIGNED, None, (note,))
        reason = phrase("it cannot be checked here: {reason}", reason=_MISSING)
        return answer(SIGNED, [catalogue.SIGNATURE_BROKEN.at(span, reason=reason)])
    found: list[Diagnostic] = []
    notes: list[Value] = []
    try:
        roots = _certificates(trusted) if trusted else []
        with _quiet():
            signatures = PdfFileReader(io.BytesIO(pdf.data)).embedded_signatures
            for signature in signatures:
                found += _one(span, signature, roots, trusted, notes)
        if len(signatures) != pdf.signatures:
            # something that only looks like a signature must not pass as one
            found.append(
                catalogue.SIGNATURE_BROKEN.at(span, reason=phrase("a field holds something that is no signature"))
            )
    except (*_UNREADABLE, PdfError, SignatureValidationError) as error:
        said: Value = shorten(str(error), 160) or phrase("it cannot be read")
        found.append(catalogue.SIGNATURE_BROKEN.at(span, reason=said))
    if trusted is None and not found:
        notes.append(phrase("whether to trust the signer was not asked: give their certificate with --trust"))
    return answer(SIGNED, found, *notes)


def _one(
    span: Span, signature: Any, roots: list[Any], trusted: Path | None, notes: list[Value]
) -> Iterator[Diagnostic]:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    status = _apart(lambda: validate_pdf_signature(signature, context))
    signer = status.signing_cert.subject.human_friendly
    when = signature.self_reported_timestamp
    notes.append(
        phrase("signed by {signer}, on {date} by the signer's clock", signer=signer, date=f"{when:%Y-%m-%d}")
        if when
        else phrase("signed by {signer}", signer=signer)
    )
    if not (status.intact and status.valid):
        yield catalogue.SIGNATURE_BROKEN.at(
            span, reason=phrase("it is false") if status.intact else phrase("what was signed has changed")
        )
        return
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        level = getattr(status.modification_level, "name", "OTHER").lower().replace("_", " ")
        what = (
            phrase("the file goes on behind the signature")
            if level == "none"
            else phrase("the file goes on behind the signature ({level} changes)", level=level)
        )
        yield catalogue.CHANGED_AFTER_SIGNING.at(span, what=what)
    if trusted is not None and not status.trusted:
        yield catalogue.SIGNER_NOT_TRUSTED.at(span, signer=signer, trusted=trusted.name)


def _certificates(path: Path) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder_data

    return list(load_certs_from_pemder_data(disk.read_given(path, disk.MAX_TEXT)))


def _apart(work: Callable[[], Any]) -> Any:
    """Run something in a separate thread: pyHanko starts an event loop, which fails if one is already running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence pyHanko's log: it logs each doubt with a traceback, and its results already hold what matters."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
