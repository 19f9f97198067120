"""How the totals that a published review took differ from those that it would take today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from kpigen.diagnostics import catalogue
from kpigen.diagnostics.diagnostic import Diagnostic, Span
from kpigen.diagnostics.values import Join, Value, listed, phrase, phrase_by_count
from kpigen.model.forms import Range
from kpigen.model.reviews import Review, Taken
from kpigen.numbers.notation import total_text
from kpigen.scoring.taken import own_numbers, team_numbers


def moved(
    review: Review, key: str, span: Span, then: tuple[Taken, ...], now: tuple[Taken, ...]
) -> Iterator[Diagnostic]:
    """Report what an input took when its review was published, if it would take something else today."""
    changes = list(_changes(_by_source(then), _by_source(now)))
    if changes:
        yield catalogue.AUTO_CHANGED.at(
            span,
            key=key,
            taken=_say(then),
            now=_say(now),
            changed=listed(changes, Join.SEMICOLON),
            path=review.path,
        )


def _by_source(taken: Iterable[Taken]) -> dict[str, list[Fraction]]:
    """Return the totals of each person or period. Seals are ignored: an amended comment changes the seal but not the total."""
    totals: dict[str, list[Fraction]] = defaultdict(list)
    for item in taken:
        totals[item.period if item.is_own else item.employee].append(Fraction(item.total))
    return {source: sorted(values) for source, values in totals.items()}


def _changes(then: dict[str, list[Fraction]], now: dict[str, list[Fraction]]) -> Iterator[Value]:
    """Yield a phrase for each person or period whose totals have changed."""
    for source in sorted(then.keys() | now.keys()):
        first, last = then.get(source, []), now.get(source, [])
        if first != last:
            before, after = (listed(map(total_text, totals), Join.AND) for totals in (first, last))
            yield phrase("{person} {before}, now {now}", person=source, before=before, now=after)


def _say(taken: tuple[Taken, ...]) -> Value:
    is_own = any(item.is_own for item in taken)
    numbers = own_numbers(taken, Range()) if is_own else team_numbers(taken)
    if numbers is None:
        return phrase("nothing")
    return phrase_by_count(
        "{count} total with mean {mean}",
        "{count} totals with mean {mean}",
        count=numbers.count,
        mean=total_text(numbers.mean),
    )
