"""The layout of a repository of reviews: its folders, the roster, and the paths of reviews and rule files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from kpigen.base.periods import Period, parse_period

REVIEWS, RULES, TEMPLATES = "reviews", "rules", "templates"
ROSTER = f"{REVIEWS}/people.csv"


def review_path(employee: str, period: Period | str, form: str) -> str:
    """Return the path of a review: `reviews/2026-07/PM-0002.front-desk.md`."""
    return f"{REVIEWS}/{period}/{employee}.{form}.md"


def rule_path(form: str, version: str) -> str:
    """Return the path of a form version: `rules/front-desk/2026-01.yaml`."""
    return f"{RULES}/{form}/{version}.yaml"


def is_review_path(path: str) -> bool:
    """Return True if a file below reviews/ is meant as a review: Markdown, no README, not in a subfolder of a period's folder."""
    parts = PurePosixPath(path).parts
    if not re.search(r"\.(md|markdown)$", path, re.IGNORECASE) or is_readme(path):
        return False
    return len(parts) == 2 or (len(parts) > 2 and (len(parts) == 3 or parse_period(parts[1]) is None))


def is_rule_path(path: str) -> bool:
    """Return True if a file below rules/ is meant as a form version: YAML."""
    return path.endswith((".yaml", ".yml"))


def is_readme(path: str) -> bool:
    """Return True if a file is a README. A README is not a review, a rule file or a stray file."""
    return PurePosixPath(path).name.lower() == "readme.md"
