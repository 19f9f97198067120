"""9xx: Verifying and signing a PDF."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

NOT_A_PDF = error(
    901,
    "Not the PDF of a report",
    "this cannot be read as the PDF of a report: {reason}",
    "it may have been cut off or damaged on its way: ask for it again",
)
NOTHING_ATTACHED = error(
    902,
    "Nothing to verify",
    "the PDF carries no review",
    "PDFs that `kpigen build` makes of submitted and published reviews carry one; a draft's or a copy on paper does not",
)
ATTACHMENT_MISSING = error(
    903, "Attachment missing", "the attachment {file} is missing", "ask for the PDF as published"
)
ATTACHMENT_BROKEN = error(904, "Attachment in error", "the attachment {file} has an error: {problem}", "")
SCORE_DIFFERS = error(
    905,
    "Score differs",
    "{what}: the PDF carries {carried}, but it recomputes to {computed}",
    "somebody has changed the PDF",
)
TEXT_DIFFERS = error(
    906,
    "Text differs",
    "{where}the PDF prints `{printed}`, but its attachments give `{expected}`",
    "somebody has changed what is printed, the order of the pages, or the attachments",
)
LOOK_DIFFERS = error(
    907,
    "Page differs",
    "page {page} draws something else than a fresh print of its attachments",
    "something may have been painted over or hidden, or another program has written the page anew",
)
ADDED_TO_PDF = error(
    908,
    "Added to the PDF",
    "the PDF holds {what}, which kpigen does not write",
    "ask for the PDF as published: other programs may add something when they save a PDF",
)
LOOK_NOT_COMPARED = warning(
    909,
    "Not told whether it is as issued",
    "whether this is the file that was issued cannot be told here: {reason}",
    "the numbers, and with the same layout the texts, were compared; with the versions that it names, kpigen can tell",
)
NOT_ON_RECORD = error(
    910,
    "Not on record",
    "{what} is not on record in {record}",
    "either it was never published, or it was published in another record",
)
AMENDED_SINCE = error(911, "Amended since", "the review has been amended since{when}", "ask for the current PDF")
WITHDRAWN_SINCE = error(912, "Withdrawn", "the review has been withdrawn{when}", "")
CONTENT_CHANGED_SINCE = error(
    913, "Changed since", "the review was {was} and is now {now}, with other content", "ask for the current PDF"
)
RECORD_UNREADABLE = error(914, "No record", "{record} cannot be used as a record: {reason}", "")
NOT_SIGNED = error(915, "Not signed", "the PDF carries no signature", "")
SIGNATURE_BROKEN = error(916, "Signature broken", "the signature is not valid: {reason}", "")
SIGNER_NOT_TRUSTED = error(917, "Signer not trusted", "{signer} is not vouched for by {trusted}", "")
CHANGED_AFTER_SIGNING = error(918, "Changed after signing", "something was added after it was signed: {what}", "")
CANNOT_SIGN = error(919, "Cannot sign", "{reason}", "")
PAPER_NOT_ON_RECORD = error(
    920,
    "Seal on record, paper not",
    "the seal is on record, but what it does not cover differs: {what}: the PDF says `{carried}`, the record `{recorded}`",
    "names and texts of rules, the organisation, the manager and entries after publication can be changed without the seal "
    "being broken; if the record has been corrected since, print the report again",
)
NOT_AS_ISSUED = error(
    921,
    "Not the file that was issued",
    "this is not the file that was issued: {what}",
    "ask for the PDF as published: what another program saves or prints is another file",
)
WRITTEN_ANEW = warning(
    922,
    "Written anew",
    "another program has written this file anew; all {count} objects in it are as in a fresh print",
    "some viewers may read such a file in another way than kpigen does: ask for the PDF as published",
)
