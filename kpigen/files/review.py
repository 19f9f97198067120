"""Reads a review: bytes → Review and findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from kpigen.base.digests import NUMBER_LENGTH
from kpigen.base.periods import Period, parse_period
from kpigen.base.roles import ROLES
from kpigen.diagnostics import catalogue
from kpigen.diagnostics.amount import at_most
from kpigen.diagnostics.diagnostic import Diagnostic, Span, nearest, shorten
from kpigen.diagnostics.terms import CYCLES, why
from kpigen.diagnostics.values import Join, as_written, listed, phrase, phrase_by_count
from kpigen.document import text as text_file
from kpigen.document.frontmatter import Document, split
from kpigen.document.nodes import MappingNode, Node, Scalar
from kpigen.document.reader import Reader
from kpigen.files.bonus import read_bonus_items
from kpigen.files.evidence import refusal_of_name
from kpigen.files.metrics import read_copied_metric, read_metric
from kpigen.files.prose import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_LENGTH,
    MAX_LEVELS,
    MAX_LINES,
    cells,
    may_hide,
    too_deep,
    too_wide,
)
from kpigen.files.rules.book import Rulebook, version_that_scores
from kpigen.i18n import words
from kpigen.model.forms import Form, FormKey
from kpigen.model.reviews import (
    Amendment,
    Confirmation,
    Employee,
    Evidence,
    FieldChange,
    Metrics,
    Objection,
    Published,
    Review,
    SealedFile,
    SelfAssessment,
    Status,
    Submitted,
    Taken,
)
from kpigen.scoring.content import SEAL_PREFIX

KEYS = (
    "schema",
    "employee",
    "period",
    "form",
    "status",
    "submitted",
    "published",
    "metrics",
    "names",
    "not_applicable",
    "bonus",
    "comments",
    "evidence",
    "self_assessment",
    "feedback",
    "confirmations",
    "objections",
    "amendments",
)
FEEDBACK = tuple(words.FEEDBACK)

#: What only a copy has.
COPY_KEYS = (*KEYS, "taken")

#: How text is hidden, in words, by the name of the way in `base.hidden`.
_HIDING = {
    "comment": phrase("a comment"),
    "instruction": phrase("a processing instruction"),
    "declaration": phrase("a declaration"),
    "tag that hides": phrase("a tag"),
    "note as link": phrase("the definition of a link"),
    "link": phrase("the definition of a link that no link uses"),
    "title": phrase("the title of a link"),
    "empty link": phrase("a link without a text"),
    "tag characters": phrase("a text of characters that nothing draws"),
    "info": phrase("what follows the language of a code block"),
    "cells": phrase("a cell without a column"),
}

#: Returns the digest of a file in the repository, or None if there is no such file.
DigestOf = Callable[[str], str | None]


def read_copy(path: str, data: bytes, rules: Rulebook) -> tuple[Review | None, list[Diagnostic]]:
    """Return a review read from an exported copy (see `site.proof.copies.write_copy`) and the findings, like `read_review`.

    A copy has summaries and list digests instead of the values of confidential inputs, and digests instead of evidence
    files. It contains neither the salts of confidential lists nor what these took by `auto`; what other inputs took stands
    under `taken`.
    """
    return _read(path, data, rules, None, None)


def read_review(
    path: str, data: bytes, rules: Rulebook, digest_of: DigestOf, form: Form | None = None
) -> tuple[Review | None, list[Diagnostic]]:
    """Return a review, or None if it cannot be scored at all, and all findings.

    With `form`, that version is used, regardless of the one that the review pins or was published by.
    """
    return _read(path, data, rules, digest_of, form)


def _read(
    path: str, data: bytes, rules: Rulebook, digest_of: DigestOf | None, form: Form | None
) -> tuple[Review | None, list[Diagnostic]]:
    source, found = text_file.decode(path, data)
    if source is None:
        return None, found
    document, found = split(source)
    if document is None:
        return None, at_most(found)
    reader = _ReviewReader(document, rules, digest_of, form)
    reader.found += found
    review = reader.read()
    return review, at_most(reader.found)


class _ReviewReader(Reader):
    """Reads one review; one method per field, in the order of the file format. Without `digest_of`, it reads a copy."""

    def __init__(self, document: Document, rules: Rulebook, digest_of: DigestOf | None, form: Form | None) -> None:
        super().__init__(document.source)
        self.document, self.rules, self.digest_of, self.form = document, rules, digest_of, form
        self.path = document.source.path
        self.where: dict[str, Span] = {}
        self.withheld: dict[str, str] = {}
        self.status = Status.DRAFT
        self.length = self.lines = self.cells = 0  # of all texts read so far
        self.sealed_objections = 0

    def read(self) -> Review | None:
        root = self.document.root
        known = COPY_KEYS if self.digest_of is None else KEYS
        values = self.mapping(root, phrase("a review"), known, required=("employee", "period", "form", "status"))
        self._mark("", root)
        schema = self.scalar(values.get("schema"), "schema")
        if schema is not None and schema.text != "1":
            self.add(catalogue.UNKNOWN_SCHEMA, schema, value=shorten(schema.text))
        employee = self._employee(values.get("employee"))
        period = self._period(values.get("period"))
        status = self.one_of(values.get("status"), "status", [status.value for status in Status])
        self.status = Status(status) if status else Status.DRAFT
        published = self._published(values.get("published"))
        self.sealed_objections = published.objections if published else 0
        form_id, pinned, form = self._form(values.get("form"), period, published)
        published = self._graded(published, values.get("published"), form)
        confirmations = tuple(item for item in self._confirmations(values.get("confirmations")) if item)
        objections = tuple(item for item in self._objections(values.get("objections")) if item)
        amendments = tuple(item for item in self._amendments(values.get("amendments")) if item)
        submitted = self._submitted(values.get("submitted"))
        feedback = {
            key: self.prose(node, f"feedback.{key}")
            for key, node in self.mapping(values.get("feedback"), "feedback", FEEDBACK).items()
        }
        self._check_body()
        if form is None:
            return None
        metrics = self._metrics(form, values.get("metrics"), "metrics")
        not_applicable = self._texts(
            form, values.get("not_applicable"), "not_applicable", catalogue.TEXT_FOR_NOT_APPLICABLE
        )
        self._check_not_applicable(form, values.get("metrics"), not_applicable)
        names = self._names(form, values.get("names"))
        bonus = self._bonus(form, values.get("bonus"))
        comments = self._texts(form, values.get("comments"), "comments", None)
        evidence = self._evidence(form, values.get("evidence"))
        self_assessment = self._self_assessment(form, values.get("self_assessment"))
        if employee is None or period is None or status is None:
            return None
        return Review(
            path=self.path,
            employee=employee,
            period=period,
            form=form_id,
            pinned=pinned,
            status=Status(status),
            metrics=metrics,
            not_applicable=not_applicable,
            bonus=bonus,
            comments=comments,
            evidence=evidence,
            self_assessment=self_assessment,
            feedback={key: text for key, text in feedback.items() if text},
            body=self.document.body,
            confirmations=confirmations,
            objections=objections,
            amendments=amendments,
            submitted=submitted,
            published=published,
            where=self.where,
            withheld=self.withheld,
            names=names,
            taken=tuple(self._taken_of_copy(values.get("taken"))),
        )

    def _mark(self, prefix: str, node: Node) -> None:
        """Record the place of each field, for findings."""
        if isinstance(node, MappingNode):
            for key, value in node.items:
                name = f"{prefix}{key.text}"
                self.where[name] = self.span(value)
                if len(self.where) < 2_000:
                    self._mark(f"{name}.", value)

    # --- how much text, and what it hides ---

    def prose(self, node: Node | None, key: str, is_new: bool = False) -> str:
        """Return a longer text as every reader does; report what is too much to be printed, and what is hidden.

        One that `is_new` was written after publication.
        """
        text = super().prose(node, key)
        if node is not None and text:
            self._check_text(text, lambda _: self.span(node), is_new)
        return text

    def _check_body(self) -> None:
        source, start = self.document.source, self.document.body_start
        blanks = re.match(r"(?:[ \t]*(?:\r\n|\n|\r))*", source.text[start:])
        first = source.span(start + (blanks.end() if blanks else 0)).line
        self._check_text(self.document.body, lambda line: Span(self.path, first + line))

    def _check_text(self, text: str, place: Callable[[int], Span], is_new: bool = False) -> None:
        if self._check_amount(text, place):
            self._check_hidden(text, place, is_new)

    def _check_hidden(self, text: str, place: Callable[[int], Span], is_new: bool) -> None:
        """Report what is hidden in a text. What was published stays valid. A copy says what the review said."""
        was_published = self.status.is_released and not is_new
        if self.digest_of is None or self.status is Status.WITHDRAWN or not may_hide(text):
            return
        from kpigen.base.hidden import Hiding, hidden_in  # loads slowly, and few texts get here

        has_tag = was_published  # what was published shows its HTML for good, and one finding is enough for a text
        for item in hidden_in(text):
            shown = shorten(item.text)
            if item.hiding is Hiding.TAG:
                self.found += [] if has_tag else [catalogue.HTML_IN_TEXT.at(place(item.line), text=shown)]
                has_tag = True
                continue
            kinds = (
                (catalogue.HIDDEN_TEXT, catalogue.HIDDEN_TEXT_PUBLISHED)
                if item.hiding.is_shown
                else (catalogue.UNSEEN_TEXT, catalogue.UNSEEN_TEXT_PUBLISHED)
            )
            self.found.append(kinds[was_published].at(place(item.line), what=_HIDING[item.hiding.value], text=shown))

    def _check_amount(self, text: str, place: Callable[[int], Span]) -> bool:
        """Return False, and report it, if a text is too long (with those before it). Report one that is too deep or too wide.

        `place` takes a line of the text.
        """
        was_over = self.length > MAX_LENGTH or self.lines > MAX_LINES
        left = MAX_LENGTH - self.length
        lines_left = MAX_LINES - self.lines
        self.length += len(text)
        self.lines += text.count("\n") + 1
        if self.length > MAX_LENGTH or self.lines > MAX_LINES:
            if not was_over:
                line = min(text.count("\n", 0, left), lines_left)
                self.found.append(
                    catalogue.TOO_MUCH_TEXT.at(
                        place(line),
                        length=phrase_by_count("{count} character", "{count} characters", count=MAX_LENGTH),
                        lines=phrase_by_count("{count} line", "{count} lines", count=MAX_LINES),
                    )
                )
            return False
        deep, wide = too_deep(text), too_wide(text)
        if deep is not None:
            self.found.append(catalogue.TEXT_TOO_DEEP.at(place(deep), limit=MAX_LEVELS))
        if wide is not None:
            line, columns = wide
            self.found.append(catalogue.TABLE_TOO_WIDE.at(place(line), columns=columns, limit=MAX_COLUMNS))
        for line, count in cells(text):
            was_over = self.cells > MAX_CELLS
            self.cells += count
            if self.cells > MAX_CELLS and not was_over:
                self.found.append(catalogue.TABLES_TOO_LARGE.at(place(line), limit=f"{MAX_CELLS:,}"))
        return True

    # --- header fields ---

    def _employee(self, node: Node | None) -> Employee | None:
        values = self.mapping(
            node,
            "employee",
            ("id", "name", "department", "position", "manager"),
            required=("id", "name", "department", "position") if node else (),
        )
        id_ = self.id(values.get("id"), "employee.id")
        name, department, position = (
            self.text(values.get(key), f"employee.{key}") for key in ("name", "department", "position")
        )
        manager = self.id(values["manager"], "employee.manager") if "manager" in values else None
        return Employee(id_, name, department, position, manager) if id_ else None

    def _period(self, node: Node | None) -> Period | None:
        scalar = self.scalar(node, "period")
        period = parse_period(scalar.text) if scalar and scalar.text.isascii() else None
        if scalar is not None and period is None:
            self.add(catalogue.BAD_PERIOD, scalar, value=shorten(scalar.text))
        return period

    def _form(
        self, node: Node | None, period: Period | None, published: Published | None
    ) -> tuple[str, str | None, Form | None]:
        scalar = self.scalar(node, "form")
        if scalar is None:
            return "", None, None
        id_, pinned = FormKey.of(scalar.text)
        form = self.form or self._version(scalar, id_, pinned, period, published)
        if form is not None and period is not None and period.cycle not in form.cycles:
            where = self.where.get("period", self.span(scalar))
            cycles = listed([CYCLES[cycle.value] for cycle in form.cycles], Join.OR)
            self.found.append(
                catalogue.PERIOD_NOT_IN_CYCLE.at(
                    where, period=str(period), kind=CYCLES[period.cycle.value], form=id_, cycle=cycles
                )
            )
        return id_, pinned or None, form

    def _version(
        self, scalar: Scalar, id_: str, pinned: str, period: Period | None, published: Published | None
    ) -> Form | None:
        """Return the version that scores the review, or None (reported) if there is none."""
        if not self.rules.versions(id_):
            if id_ not in self.rules.broken:
                self.add(
                    catalogue.UNKNOWN_FORM,
                    scalar,
                    near=nearest(id_, self.rules.ids),
                    form=shorten(id_),
                    known=as_written(self.rules.ids),
                )
            return None
        known = as_written(form.version for form in self.rules.versions(id_))
        form = version_that_scores(
            self.rules.by_key,
            lambda: self.rules.in_force(id_, period) if period else None,
            id_,
            pinned if "@" in scalar.text else None,
            published.rules if published else None,
        )
        if published is not None:
            if FormKey.of(published.rules).form != id_:
                self.add(
                    catalogue.PUBLISHED_RULES, scalar, pinned=shorten(scalar.text), published=shorten(published.rules)
                )
            elif form is None:
                self.found.append(
                    catalogue.UNKNOWN_VERSION.at(
                        self.where.get("published.rules", self.span(scalar)),
                        form=id_,
                        version=shorten(published.rules),
                        known=known,
                    )
                )
            elif pinned and published.rules != scalar.text:
                self.add(catalogue.PUBLISHED_RULES, scalar, pinned=shorten(scalar.text), published=published.rules)
        elif form is None and "@" in scalar.text:
            versions = [item.version for item in self.rules.versions(id_)]
            self.add(
                catalogue.UNKNOWN_VERSION,
                scalar,
                near=nearest(pinned, versions),
                form=id_,
                version=shorten(pinned),
                known=known,
            )
        elif form is None and period is not None:
            self.add(
                catalogue.NO_VERSION_IN_FORCE,
                scalar,
                form=id_,
                period=str(period),
                first=self.rules.versions(id_)[0].version,
            )
        return form

    # --- metrics and bonus ---

    def _by_indicator(self, form: Form, node: Node | None, where: str) -> Iterator[tuple[str, Scalar, Node]]:
        ids = [indicator.id for indicator in form.indicators]
        for key, value in self.pairs(node, where):
            if key.text in ids:
                yield key.text, key, value
            else:
                self.add(
                    catalogue.UNKNOWN_INDICATOR, key, near=nearest(key.text, ids), id=shorten(key.text), form=form.id
                )

    def _metrics(self, form: Form, node: Node | None, where: str) -> Metrics:
        if isinstance(node, Scalar) and node.plain and not node.text:
            return {}
        metrics = {}
        for id_, _, value in self._by_indicator(form, node, where):
            indicator = form.indicator(id_)
            assert indicator is not None
            if self.digest_of is None and where == "metrics":
                read, withheld = read_copied_metric(self, indicator, value, f"{where}.{id_}")
                self.withheld |= {id_: withheld} if withheld else {}
            else:
                read = read_metric(self, indicator, value, f"{where}.{id_}")
            if read:
                metrics[id_] = read
        return metrics

    def _check_not_applicable(self, form: Form, metrics: Node | None, not_applicable: dict[str, str]) -> None:
        for key, value in metrics.items if isinstance(metrics, MappingNode) else ():
            if key.text in not_applicable and not (isinstance(value, Scalar) and not value.text):
                self.add(catalogue.METRIC_OF_NOT_APPLICABLE, key, id=key.text)
        for id_ in not_applicable if not form.may_leave_out else ():
            self.found.append(
                catalogue.CANNOT_LEAVE_OUT.at(
                    self.where.get(f"not_applicable.{id_}", Span(self.path)), id=id_, form=form.id
                )
            )
        if len(not_applicable) == len(form.indicators):
            self.found.append(catalogue.ALL_NOT_APPLICABLE.at(self.where["not_applicable"]))

    def _bonus(self, form: Form, node: Node | None) -> dict[str, int | str]:
        if node is not None and not form.bonus:
            self.add(catalogue.NO_BONUS, node, form=form.id)
            return {}
        return read_bonus_items(self, form, node)

    # --- texts ---

    def _names(self, form: Form, node: Node | None) -> dict[str, str]:
        """Return the titles of rows that are agreed per person."""
        names = {}
        for id_, key, value in self._by_indicator(form, node, "names"):
            indicator = form.indicator(id_)
            if indicator is not None and not indicator.named:
                named = [item.id for item in form.indicators if item.named]
                self.add(catalogue.NAME_OF_ROW, key, id=id_, form=form.id, known=as_written(named))
                continue
            if isinstance(value, Scalar) and value.plain and not value.text:
                continue  # a draft that has not got it yet
            text = self.text(value, f"names.{id_}")
            if text:
                names[id_] = text
        return names

    def _texts(self, form: Form, node: Node | None, where: str, blank: object) -> dict[str, str]:
        texts = {}
        for id_, _, value in self._by_indicator(form, node, where):
            if blank is not None and isinstance(value, Scalar) and not value.text.strip():
                self.add(catalogue.TEXT_FOR_NOT_APPLICABLE, value, id=id_)
                continue
            text = self.prose(value, f"{where}.{id_}")
            if text:
                texts[id_] = text
        return texts

    def _evidence(self, form: Form, node: Node | None) -> dict[str, tuple[Evidence, ...]]:
        evidence = {}
        for id_, _, value in self._by_indicator(form, node, "evidence"):
            items = [self._one_evidence(item, f"evidence.{id_}") for item in self.items(value, f"evidence.{id_}")]
            kept = tuple(item for item in items if item)
            if kept:
                evidence[id_] = kept
        return evidence

    def _one_evidence(self, node: Node, key: str) -> Evidence | None:
        if self.digest_of is None and isinstance(node, MappingNode):
            values = self.mapping(node, key, ("file", "sha256"), required=("file", "sha256"))
            name = self.text(values.get("file"), f"{key}.file")
            sha256 = self._sha256(values.get("sha256"), key)
            return Evidence(name, str(PurePosixPath(self.path).parent / name), sha256) if name and sha256 else None
        scalar = self.scalar(node, key)
        if scalar is None:
            return None
        name = self._uncut(scalar)
        if "://" in name or name.startswith(("//", "mailto:", "javascript:", "data:")):
            if name.startswith("https://") and not any(char.isspace() for char in name):
                return Evidence(name)
            self.add(catalogue.BAD_LINK, scalar, value=shorten(name))
            return None
        parts = PurePosixPath(name).parts
        if (
            name.startswith("/")
            or "\\" in name
            or not parts
            or ".." in parts
            or any(part.startswith(".") for part in parts)
        ):
            self.add(catalogue.EVIDENCE_OUTSIDE, scalar, path=shorten(name))
            return None
        if len(parts) == 1 and PurePosixPath(name).suffix.lower() in (".md", ".markdown"):
            self.add(catalogue.EVIDENCE_IS_REVIEW, scalar, path=shorten(name))
            return None
        refusal = refusal_of_name(name)
        if refusal is not None:
            kind, why_not = refusal
            kind = catalogue.EVIDENCE_KIND_PUBLISHED if self.status.is_released else kind
            self.add(kind, scalar, path=shorten(name), why=why_not)
            if not self.status.is_released:
                return None
        path = str(PurePosixPath(self.path).parent / name)
        try:
            digest = self.digest_of(path) if self.digest_of else None
        except OSError as error:
            self.add(catalogue.UNREADABLE, scalar, reason=why(error))
            return None
        if digest is None:
            self.add(catalogue.EVIDENCE_MISSING, scalar, path=shorten(name))
            return None
        self.where[f"{key}.{name}"] = self.span(scalar)
        return Evidence(name, path, digest)

    def _self_assessment(self, form: Form, node: Node | None) -> SelfAssessment | None:
        if node is None:
            return None
        values = self.mapping(node, "self_assessment", ("metrics", "comment"))
        metrics = self._metrics(form, values.get("metrics"), "self_assessment.metrics")
        for id_, inputs in metrics.items():
            indicator = form.indicator(id_)
            hidden = [item.id for item in indicator.confidential if item.id in inputs] if indicator else []
            if hidden:
                key = f"self_assessment.metrics.{id_}"
                self.found.append(
                    catalogue.CONFIDENTIAL_SELF_ASSESSMENT.at(
                        self.where.get(key, self.span(node)), key=f"{id_}.{hidden[0]}"
                    )
                )
        return SelfAssessment(metrics, self.prose(values.get("comment"), "self_assessment.comment"))

    # --- status and what follows from it ---

    def _number(self, node: Node | None, key: str) -> str:
        return self.hex(node, key, rf"[0-9a-f]{{{NUMBER_LENGTH}}}", phrase("a content number (12 hex digits)"))

    def _confirmations(self, node: Node | None) -> Iterator[Confirmation | None]:
        for index, item in enumerate(self.items(node, "confirmations")):
            key = f"confirmations.{index}"
            self.where[key] = self.span(item)
            values = self.mapping(
                item, phrase("a confirmation"), ("role", "name", "date", "of"), required=("role", "name", "date", "of")
            )
            role = self.one_of(values.get("role"), f"{key}.role", ROLES)
            name = self.text(values.get("name"), f"{key}.name")
            date, of = self.date(values.get("date"), f"{key}.date"), self._number(values.get("of"), f"{key}.of")
            yield Confirmation(role, name, date, of) if role and name and date and of else None

    def _objections(self, node: Node | None) -> Iterator[Objection | None]:
        for index, item in enumerate(self.items(node, "objections")):
            key = f"objections.{index}"
            self.where[key] = self.span(item)
            known = ("role", "date", "of", "text", "resolution", "resolved")
            values = self.mapping(item, phrase("an objection"), known, required=("role", "date", "of", "text"))
            role = self.one_of(values.get("role"), f"{key}.role", ROLES)
            date, of = self.date(values.get("date"), f"{key}.date"), self._number(values.get("of"), f"{key}.of")
            is_new = index >= self.sealed_objections
            text, resolution = (
                self.prose(values.get("text"), f"{key}.text", is_new),
                self.prose(values.get("resolution"), f"{key}.resolution", is_new),
            )
            resolved = self.date(values["resolved"], f"{key}.resolved") if "resolved" in values else ""
            yield Objection(role, date, of, text, resolution, resolved) if role and date and of and text else None

    def _amendments(self, node: Node | None) -> Iterator[Amendment | None]:
        for index, item in enumerate(self.items(node, "amendments")):
            key = f"amendments.{index}"
            self.where[key] = self.span(item)
            known = ("date", "by", "reason", "changes", "total", "grade", "seal")
            values = self.mapping(item, phrase("an amendment"), known, required=("date", "by", "reason"))
            date, by, reason = (
                self.date(values.get("date"), f"{key}.date"),
                self.text(values.get("by"), f"{key}.by"),
                self.prose(values.get("reason"), f"{key}.reason"),
            )
            changes = []
            for number, change in enumerate(self.items(values.get("changes"), f"{key}.changes")):
                self.where[f"{key}.changes.{number}"] = self.span(change)
                fields = self.mapping(change, phrase("a change"), FieldChange._fields, required=("field",))
                for name, value in fields.items():
                    if not isinstance(value, Scalar):
                        self.shape(value, f"{key}.changes.{name}", phrase("a text"))
                texts = (
                    text.text if isinstance(text := fields.get(name), Scalar) else "" for name in FieldChange._fields
                )
                changes.append(FieldChange(*texts))
            self.where |= {f"{key}.{name}": self.span(value) for name, value in values.items()}
            total, grade = (self.text(values.get(name), f"{key}.{name}") for name in ("total", "grade"))
            if total and self.number(values["total"], f"{key}.total") is None:
                total = ""
            seal = self._seal(values.get("seal"), f"{key}.seal")
            yield Amendment(date, by, reason, tuple(changes), total, grade, seal) if date and by and reason else None

    def _submitted(self, node: Node | None) -> Submitted | None:
        if node is None:
            return None
        keys = ("on",) if self.digest_of is None else ("on", "salt")
        values = self.mapping(node, "submitted", keys, required=keys)
        on, salt = self.date(values.get("on"), "submitted.on"), self._salt(values.get("salt"), "submitted.salt")
        return Submitted(on, salt) if on and (salt or self.digest_of is None) else None

    def _salt(self, node: Node | None, key: str) -> str:
        return self.hex(node, key, r"[0-9a-f]{32,64}", phrase("a salt (32 hex digits)"))

    def _seal(self, node: Node | None, key: str) -> str:
        return self.hex(node, key, rf"{SEAL_PREFIX}[0-9a-f]{{64}}", phrase("a seal (`{form}`)", form="k1:sha256:…"))

    def _published(self, node: Node | None) -> Published | None:
        if node is None:
            return None
        keys = ["on", "rules", "total", "grade", "engine", "taken", "entries", "salt", "seal"]
        if self.digest_of is None:
            keys.remove("taken")
        required = [key for key in keys if key != "grade"]  # a form without grades has none: see _graded
        values = self.mapping(node, "published", [*keys, "evidence"], required=required)
        on = self.date(values.get("on"), "published.on")
        rules, total, grade, engine = (
            self.text(values.get(key), f"published.{key}") for key in ("rules", "total", "grade", "engine")
        )
        entries_taken = self.items(values.get("taken"), "published.taken")
        taken = [one for item in entries_taken if (one := self._taken(item, "published.taken"))]
        entries = self.mapping(
            values.get("entries"),
            "published.entries",
            ("confirmations", "objections", "amendments"),
            required=("confirmations", "objections", "amendments"),
        )
        counts = [
            self.whole(entries.get(key), f"published.entries.{key}")
            for key in ("confirmations", "objections", "amendments")
        ]
        salt = self._salt(values.get("salt"), "published.salt")
        seal = self._seal(values.get("seal"), "published.seal")
        if total and self.number(values["total"], "published.total") is None:
            return None
        if not all((on, rules, total, engine, salt, seal)) or (not grade and "grade" in values) or None in counts:
            return None
        confirmations, objections, amendments = (count or 0 for count in counts)
        return Published(
            on=on,
            rules=rules,
            total=total,
            grade=grade,
            engine=engine,
            taken=tuple(taken),
            confirmations=confirmations,
            objections=objections,
            amendments=amendments,
            salt=salt,
            seal=seal,
            evidence=tuple(self._sealed_files(values.get("evidence"))),
        )

    def _graded(self, published: Published | None, node: Node | None, form: Form | None) -> Published | None:
        """Return the `published` block; None, after reporting it, if it lacks the grade that the form gives."""
        if form is not None and not form.grades:
            return published
        if isinstance(node, MappingNode) and "grade" not in {key.text for key, _ in node.items}:
            self.add(catalogue.MISSING_KEY, node, key="grade", where="published")
            return None
        return published

    def _taken(self, node: Node, key: str, input_: str = "") -> Taken | None:
        """Return a total that `auto` took: from somebody of the team, or from a period; `input_` took it if that is known."""
        given = [name.text for name, _ in node.items] if isinstance(node, MappingNode) else []
        is_own, number_key = bool(input_) or "input" in given, "points" if "points" in given else "total"
        whose = ("employee",) if not is_own else ("period",) if input_ else ("input", "period")
        keys = (*whose, number_key if is_own else "total", "seal")
        fields = self.mapping(node, key, keys, required=keys)
        number = self.number(fields.get(keys[-2]), f"{key}.{keys[-2]}")
        texts = {name: self.text(fields.get(name), f"{key}.{name}") for name in keys}
        if is_own and texts["period"] and parse_period(texts["period"]) is None:
            self.add(catalogue.BAD_PERIOD, fields["period"], value=shorten(texts["period"]))
            return None
        if number is None or not all(texts.values()):
            return None
        return Taken(
            employee=texts.get("employee", ""),
            total=texts[keys[-2]],
            seal=texts["seal"],
            input=input_ or texts.get("input", ""),
            period=texts.get("period", ""),
            is_points=keys[-2] == "points",
        )

    def _taken_of_copy(self, node: Node | None) -> Iterator[Taken]:
        """Yield what a copy says of the totals that inputs took by `auto`."""
        for id_, inputs in self.pairs(node, "taken"):
            for name, entries in self.pairs(inputs, f"taken.{id_.text}"):
                key = f"taken.{id_.text}.{name.text}"
                for item in self.items(entries, key):
                    if one := self._taken(item, key, f"{id_.text}.{name.text}"):
                        yield one

    def _sealed_files(self, node: Node | None) -> Iterator[SealedFile]:
        key = "published.evidence"
        for item in self.items(node, key):
            fields = self.mapping(item, key, SealedFile._fields, required=SealedFile._fields)
            name, sha256 = self.text(fields.get("file"), f"{key}.file"), self._sha256(fields.get("sha256"), key)
            if name and sha256:
                yield SealedFile(name, sha256)

    def _sha256(self, node: Node | None, key: str) -> str:
        return self.hex(node, f"{key}.sha256", r"[0-9a-f]{64}", phrase("a digest (64 hex digits)"))
