"""6xx: Status, confirmations, seal."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

INCOMPLETE = error(
    601,
    "Not complete",
    "`{id}` has no complete metric, and the review is {status}",
    "add it, or declare it under `not_applicable`; a draft may leave it open",
)
NARRATIVE_MISSING = error(
    602, "Narrative missing", "`{form}` asks for a narrative, and the body is empty", "write it below the front matter"
)
COMMENTS_MISSING = warning(
    603, "No comment at all", "`{form}` asks for examples, and no indicator has a comment", "add some under `comments`"
)
TOO_FEW_RATERS = error(
    604,
    "Too few raters",
    "`{id}` has {count} confidential raters in total, but at least {least} are needed",
    "with fewer, the mean could identify one person",
)
STATUS_BLOCK_MISSING = error(
    605,
    "Status without its block",
    "status is {status}, but there is no `{block}`",
    "use `kpigen {command}`, which writes both",
)
STATUS_BLOCK_EARLY = error(
    606,
    "Block without its status",
    "there is a `{block}` block, but status is {status}",
    "status goes from draft to submitted to published; restore it from git",
)
CONFIRMATION_OLD = warning(
    607,
    "Confirmation of other content",
    "{role} confirmed {of}, but the content is {number} now",
    "ask for a new confirmation (`kpigen confirm`)",
)
OBJECTION_OLD = warning(
    608,
    "Objection to other content",
    "the objection is to {of}, but the content is {number} now",
    "check that its resolution still holds",
)
SEAL_BROKEN = error(
    609,
    "Seal broken",
    "the content differs from what was published on {on}: {what}",
    "restore it from git; a change of a published review is an amendment (`kpigen amend`)",
)
SCORE_CHANGED = error(
    610,
    "Score changed",
    "published as {published}, but it scores {now} today",
    "restore the review and its rule version from git; a change is an amendment",
)
ENTRIES_MISSING = error(
    611, "Sealed entries missing", "the seal covers {sealed} {what}, but there are {found}", "restore them from git"
)
CONFIRMATION_MISSING = error(
    612,
    "Confirmation missing",
    "`{form}` asks for a confirmation of this content ({number}) by: {roles}",
    "`kpigen confirm FILE --role ROLE --name NAME`",
)
OBJECTION_OPEN = error(
    613,
    "Objection without resolution",
    "the objection of {date} has no resolution",
    "write `resolution:` and `resolved:` beside it",
)
PLAN_MISSING = error(
    614,
    "Improvement plan missing",
    "grade {grade} of `{form}` asks for an improvement plan",
    "write it under `feedback: plan:`",
)
WRONG_STATUS = error(615, "Wrong status", "the review is {status}, so it cannot be {wanted}", "{reason}")
PUBLISHED_RULES = error(
    616,
    "Published under other rules",
    "`form` pins {pinned}, but it was published by {published}",
    "restore both from git",
)
WITHDRAWN_REASON = error(
    617,
    "Withdrawn without a reason",
    "the status is withdrawn, but the last of the `amendments` is no withdrawal under the seal, so nobody says why",
    "set the status back to published; to withdraw it: `kpigen withdraw FILE --reason … --by …`",
)
ENGINE_UNKNOWN = error(
    618,
    "Other scoring engine",
    "published by engine {engine}, this kpigen has {known}",
    "use the kpigen that published it",
)
NOT_IN_REPOSITORY = error(
    619,
    "Not a review of this repository",
    "`{path}` is not a review under {root}",
    "give the path of a file under reviews/",
)
EDIT_FAILED = error(
    620,
    "File cannot be edited in place",
    "the front matter is laid out in a way that cannot be edited here: {reason}",
    "write one `key: value` a line, as `kpigen new` does",
)

DATE_TOO_EARLY = error(
    653,
    "Date before the step it follows",
    "{date} is before {earliest}, when {event}",
    "a step has the date of the day when it is taken (`--date`, as 2026-02-05); what was really published so is withdrawn",
)
ENTRY_BACKDATED = error(
    654,
    "Entry older than the seal",
    "the entry is dated {date}, before the publication of {on}, whose seal does not count it",
    "what comes after publication has the date of the day when it comes; if it was there before, the review was published "
    "without it: withdraw it",
)
ENTRY_OUT_OF_TIME = warning(
    655,
    "Entry does not fit an amendment's date",
    "the entry has the date {date}, but the seal of the amendment of {on} {counts}",
    "`git log -p` of the file says when it came: it may be from a branch that was merged later, or one of the two dates is wrong",
)
OTHER_NAME = warning(
    656,
    "Confirmed under another name",
    "`{name}` confirmed as {role}, which is {names} by the review and the roster",
    "if that was a slip or somebody in their place, let them confirm too (`kpigen confirm`), or correct the roster",
)
TAKEN_UNFOUNDED = error(
    657,
    "Taken totals do not follow",
    "`published.taken` does not follow from the reviews that it was taken from: {problem}",
    "a review that takes totals is not dated before them; `kpigen amend` takes those of today. If the file was edited, "
    "restore it from git",
)
NOTHING_AMENDED = error(
    621,
    "Nothing to amend",
    "the review matches its published version; nothing would change",
    "edit the file first, then amend it",
)
NO_SEALED_VERSION = error(
    622,
    "No sealed version",
    "no version of this review that its seal covers was found: {reason}",
    "{advice}",
)
SEALED_PART_EDITED = error(
    623,
    "Sealed part edited",
    "`{part}` was edited by hand",
    "restore it from git: kpigen writes its own parts itself, and what others confirmed or objected stays as it is",
)

GIT_FAILED = error(
    624,
    "Git",
    "git failed: {reason}",
    "amending compares with the published version in git; commit what was published first",
)

ENTRY_UNSEALED = error(
    625,
    "Amendment outside the seal",
    "there are {found} amendments, but the seal covers {sealed}",
    "`kpigen amend` and `kpigen withdraw` write both",
)
CHAIN_GAP = error(
    626,
    "Amendment without its predecessor",
    "the amendment does not record {what} of the previous version",
    "`kpigen amend` writes them; restore the file from git",
)
WITHDRAWAL_UNDONE = error(
    627,
    "Withdrawal undone",
    "the last amendment withdraws the review, but its status is {status}",
    "a withdrawal is final; restore it from git",
)
OLDER_VERSION = error(
    628,
    "Older version",
    "the version committed last has amendments that this file lacks",
    "restore that version (`git restore {path}`), then edit it again; an amendment must not be lost",
)
OBJECTION_STANDS = error(
    629,
    "Objection of the same role",
    "{role} objected to this content ({number}) on {date}, and the objection is open, so {role} cannot confirm it",
    "settle the objection first: write `resolution:` and `resolved:` beside it. "
    "If the numbers are corrected, the content is another one, which can be confirmed",
)
SEVERAL_MEANT = error(643, "Several are meant", "`{word}` may be {candidates}", "{advice}")
NOBODY_NAMED = error(
    644,
    "Unknown name",
    "`{word}` is no file, no folder, and nobody's id or name here",
    "ids and names are those in the reviews and on the roster",
)
NO_REVIEW_MEANT = error(
    647,
    "No such review",
    "there is no review of `{word}` in {where}",
    "`kpigen new` writes one; `--period` names another period",
)
NOBODY_CONFIRMS = error(
    648,
    "Nobody known who confirms",
    "neither the review nor the roster says who confirms as {role}",
    "add the manager to the review or to the roster, or name the person with `--name` for this one file",
)
NOT_WRITTEN = error(649, "Not written", "the file could not be written: {reason}", "take the step again")
RELEASED_RULE_CHANGED = error(
    630,
    "Rules of published reviews changed",
    "the scoring part of {key} has changed, and published reviews use it",
    "restore it, and make a new version or a correction (`2026-01.2.yaml`); texts and translations may change",
)
RELEASED_RULE_ASKS = error(
    658,
    "Released rules ask for something else",
    "what {key} asks for before publication has changed (confirmations, narrative, improvement plans), and published reviews use it",
    "restore it, and make a new version: who reads the old reports must be able to see what they had to have",
)
RELEASED_RULE_GONE = error(
    631, "Rules of published reviews gone", "{key} {what}, and published reviews use it", "restore the file"
)
PUBLISHED_CHANGED = error(
    632,
    "Published review changed",
    "a published review has changed without an amendment: {fields}",
    "`kpigen amend FILE --reason … --by …`",
)
PUBLISHED_DELETED = error(
    633,
    "Published review deleted",
    "the published review {who} is gone",
    "restore the file; what is wrong is amended or withdrawn",
)
PUBLISHED_MOVED = error(
    634,
    "Published review moved",
    "this file was the published review {who}",
    "restore it, and write the other review into a file of its own",
)
STATUS_BACKWARDS = error(
    635,
    "Status went backwards",
    "status was {before} and is {now}",
    "status goes from draft to submitted to published to withdrawn",
)
CHAIN_REWRITTEN = error(
    636, "Amendments rewritten", "earlier amendments have changed or are gone", "restore them; the chain only grows"
)
CHAIN_BROKEN = error(
    637,
    "Chain broken",
    "the amendment does not name the previous seal",
    "amend the version that was published, not another one",
)
PUBLISHED_UNREADABLE = error(
    638,
    "Published review unreadable",
    "the published review {who} cannot be read any more, so nothing of it can be compared",
    "fix the errors reported for this file, or restore it",
)
BASE_UNREADABLE = warning(
    639,
    "Earlier version unreadable",
    "this file could not be read in the revision that is compared with",
    "kpigen cannot tell whether a published review has changed since: look at its history (`git log -p`)",
)
BASE_NOT_FOLLOWED = warning(
    641,
    "Earlier version not followed",
    "in the revision that is compared with, this was a symbolic link, another git repository, or no folder",
    "what was behind it is not compared with anything: look at its history (`git log -p`)",
)
PUBLISHED_OTHERWISE = error(
    642,
    "Published otherwise",
    "the review {who} is published here and in the revision that is compared with, and neither continues the other",
    "keep the one that was published first, and amend it; one of the two would be lost",
)
ENTRIES_REWRITTEN = error(
    640,
    "Entries rewritten",
    "earlier {what} of a published review have changed or are gone",
    "restore them; add new ones at the end",
)
RULES_SUSPECTED = error(
    650,
    "Rules of published reviews seem changed",
    "none of the {count} published reviews of {key} fits its seal any more, as when the scoring part of its rules has changed",
    "restore the rule file from git; a new rule is a new version (`2026-01.2.yaml`). If the rules are as they were, "
    "the reviews were changed: `kpigen check --base` says where",
)
EVIDENCE_ALTERED = error(
    651,
    "Evidence that git alters",
    "a clone would get other bytes of the evidence `{path}`: {reason}",
    "{advice}",
)
EVIDENCE_DEPENDS = warning(
    652,
    "Evidence that git may alter",
    "some clones would get other bytes of the evidence `{path}`: {reason}",
    "{advice}",
)
AFTER_WITHDRAWAL = error(
    660,
    "Amended after the withdrawal",
    "the review was withdrawn by this amendment, but others follow",
    "a withdrawal is final; restore the file from git",
)
NOTHING_CHANGED = error(
    661,
    "Amendment of nothing",
    "the amendment names no change",
    "`kpigen amend` writes what has changed; restore the file from git",
)
CHANGE_UNFOUNDED = error(
    662,
    "Change that does not follow",
    "the amendment claims a change of `{field}` that there was not: {reason}",
    "`kpigen amend` works out the changes; restore the file from git",
)
CONTENT_IMPOSSIBLE = error(
    663,
    "Earlier content impossible",
    "with the changes of this amendment taken back, the content is none that this form allows",
    "`kpigen amend` works out the changes; restore the file from git",
)
RESULT_UNFOUNDED = error(
    664,
    "Earlier result does not follow",
    "the amendment says that the {what} before it was {said}, but it was {computed}",
    "`kpigen amend` takes it from the version before; restore the file from git",
)
FORMER_SEAL_UNFOUNDED = error(
    665,
    "Earlier seal does not follow",
    "the version before this amendment cannot have had the seal that it names",
    "`kpigen amend` takes it from the version before; restore the file from git",
)
NOT_FOLLOWED = error(
    666,
    "Versions in between unknown",
    "of the amendments that have come since, {count} in all, the versions before them cannot be worked out: "
    "they do not give the digests of confidential lists, or the order of a long list",
    "commit the version after each amendment, and compare one after the other; the amendments of this kpigen give both",
)
PUBLISHED_UNFIT = error(
    667,
    "Published unfit",
    "`kpigen publish` would have refused what was published on {on} ({code}): {problem}",
    "restore the file from git; if it was really published so, withdraw it",
)
HISTORY_CUT = error(
    645,
    "History is cut off",
    "this clone does not have the whole history: {reason}",
    "changes from before the cut would be invisible, and older files would look new; "
    "`git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out",
)
NO_HISTORY = error(
    646,
    "No history",
    "there is no history in git to read: {reason}",
    "history is what was committed; without git only `amendments` in the reviews say what changed",
)
NAME_MISSING = error(671, "Row without a title", "the row `{id}` has no title", "write it under `names`")
COMMENT_MISSING = error(
    672, "Comment missing", "`{id}` needs a comment, because {condition}", "write it under `comments`"
)
VETO_OPEN = error(
    673,
    "Veto that cannot be decided",
    "whether the veto `{veto}` holds is not known without {names}, so there is no grade",
    "enter what is missing; a rule can ask `given(…)` first",
)
NOTHING_RATED = error(674, "Nothing rated", "no row of `{form}` has a value", "enter at least one")
