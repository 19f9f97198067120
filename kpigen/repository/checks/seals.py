"""Why a seal does not fit: which evidence file or which rule version is not the one that was sealed.

A seal is one digest, so it says only that something differs. But the digests of the files and of the rules that may have been
sealed are known: from the `published` block, from git, or because git alters line ends. If the seal fits with some of these, the
rest of the review is as it was published, and exactly these differ.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kpigen.base.digests import digest
from kpigen.base.stored import Alteration
from kpigen.model.reviews import Review
from kpigen.repository.records import Record
from kpigen.scoring.content import content, seal_of, sealed_files, with_files

#: How many combinations of digests are tried for one review.
_AT_MOST = 4096

#: Digests of a file that may have been sealed, each with how the bytes at hand differ from it, if that is known.
Digests = Mapping[str, Alteration | None]


@dataclass(frozen=True)
class Suspects:
    """What may have been sealed instead of what is there: digests of the scoring part, and of evidence files by name."""

    rules: tuple[str, ...] = ()
    files: Mapping[str, Digests] = field(default_factory=dict)


@dataclass(frozen=True)
class SealedState:
    """What a seal covers: a review with the evidence as it was sealed, and the digest of the scoring part."""

    review: Review
    rules: str


#: Returns the suspects of a review whose seal does not fit.
Suspect = Callable[[Record], Suspects]


def recorded(record: Record) -> Suspects:
    """Return the digests of evidence that the `published` block records."""
    block = record.review.published
    return Suspects(files={item.file: {item.sha256: None} for item in block.evidence}) if block else Suspects()


def sealed_state(record: Record, suspects: Suspects) -> SealedState | None:
    """Return what the seal of a published review covers, or None if that is not found among the suspects."""
    review = record.review
    assert review.published is not None
    now = {item.file: item.sha256 for item in sealed_files(review)}
    for rules in dict.fromkeys((record.form.digest, *suspects.rules)):
        for files in itertools.islice(_combinations(now, suspects.files), _AT_MOST):
            sealed = with_files(review, files) if files != now else review
            data = content(sealed, record.form, record.taken) | {"rules": rules}
            if seal_of(review, digest(data)) == review.published.seal:
                return SealedState(sealed, rules)
    return None


def as_sealed(record: Record, suspect: Suspect) -> Record:
    """Return a record with the evidence that its seal covers, where that is found; otherwise the record itself."""
    block = record.review.published
    if block is None or seal_of(record.review, record.digest) == block.seal:
        return record
    sealed = sealed_state(record, suspect(record))
    return record if sealed is None else replace(record, review=sealed.review)


def _combinations(now: Mapping[str, str], others: Mapping[str, Digests]) -> Iterator[dict[str, str]]:
    """Yield the digests of all files: as they are, then the suspects of each rank together, then all combinations."""
    choices = {name: tuple(dict.fromkeys((digest_, *others.get(name, ())))) for name, digest_ in now.items()}
    longest = max((len(known) for known in choices.values()), default=1)
    for rank in range(longest):
        yield {name: known[min(rank, len(known) - 1)] for name, known in choices.items()}
    for picked in itertools.product(*choices.values()):
        yield dict(zip(choices, picked, strict=True))
