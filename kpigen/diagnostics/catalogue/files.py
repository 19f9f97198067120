"""1xx: Files and YAML."""

from __future__ import annotations

from kpigen.diagnostics.diagnostic import error, warning

FILE_TOO_LARGE = error(
    101,
    "File too large",
    "the file has {size} bytes, more than {limit}",
    "put long material beside the review and name it under `evidence`",
)
NOT_UTF8 = error(
    102,
    "Not UTF-8",
    "the file is not UTF-8 text: {why}",
    "save the file as UTF-8 (in Excel: CSV UTF-8; in editors: encoding UTF-8)",
)
FORBIDDEN_CHARACTER = error(
    103,
    "Forbidden character",
    "the character {code} is not allowed in a text file",
    "delete it; it is invisible and usually comes with copied text",
)
NO_FRONT_MATTER = error(
    104,
    "No front matter",
    "the file does not begin with `---`",
    "a review begins with `---`, its fields, and `---`; `kpigen new` writes a draft",
)
FRONT_MATTER_NOT_CLOSED = error(
    105,
    "Front matter not closed",
    "the front matter that begins here has no closing `---`",
    "write a line `---` before the narrative",
)
FRONT_MATTER_EMPTY = error(
    106, "No fields", "there are no `key: value` fields here", "`kpigen new` writes a draft, `kpigen schema` the format"
)
YAML_SYNTAX = error(
    107,
    "YAML syntax",
    "YAML cannot be read here: {problem}",
    "look for an indentation that differs, a missing quote or bracket, or a text with `: ` in it that needs quotes",
)
FULL_WIDTH_COLON = error(
    108,
    "Full-width colon",
    "YAML cannot be read here: {problem}; a key nearby is followed by a full-width colon `：`",
    "write `key: value` with a half-width colon and a space",
)
NESTED_TOO_DEEP = error(
    109,
    "Nested too deep",
    "brackets or indentation go deeper than {limit} levels",
    "no field needs that; look for an extra bracket",
)
SEVERAL_DOCUMENTS = error(
    110,
    "Several documents",
    "a second YAML document begins here",
    "one file holds one document; remove the `---` or `...` in between",
)
YAML_DIRECTIVE = error(111, "YAML directive", "YAML directives (`%…`) are not part of the format", "remove the line")
YAML_ALIAS = error(
    112,
    "YAML alias",
    "`*{name}` is a YAML alias, which is not part of the format",
    "write the value itself; quote a text that begins with `*`",
)
YAML_ANCHOR = error(
    113,
    "YAML anchor",
    "`&{name}` is a YAML anchor, which is not part of the format",
    "remove it; quote a text that begins with `&`",
)
YAML_TAG = error(
    114,
    "YAML tag",
    "`{tag}` is a YAML tag, which is not part of the format",
    "remove it; quote a text that begins with `!`",
)
KEY_NOT_TEXT = error(115, "Key is not text", "a key must be a plain word", "quote the text if it is meant as a value")
DUPLICATE_KEY = error(
    116, "Duplicate key", "`{key}` is repeated; it first appears on line {line}", "keep one of the two"
)
UNREADABLE = error(
    117, "File cannot be read", "the file cannot be read: {reason}", "check that it exists and may be read"
)
STRAY_FILE = warning(
    118,
    "Unused file",
    "this file is neither a review nor named as evidence by one",
    "a review is `<employee-id>.<form>.md` in the folder of its period; delete the file or name it under `evidence`",
)
LINK_NOT_FOLLOWED = error(119, "Symbolic link", "symbolic links are not followed", "put the file or folder itself here")
REPOSITORY_INSIDE = error(
    120,
    "Another repository",
    "this is another git repository (a submodule), so nothing in it is read",
    "put the files themselves here, so that they and their history are part of this repository",
)
NOT_A_FOLDER = error(
    121, "Not a folder", "this is a file, but it must be a folder", "remove it, and restore the folder from git"
)
NOT_CHECKED_OUT = error(
    122,
    "Not checked out",
    "git has {files} here that a sparse checkout leaves out",
    "nothing is gone, but nothing here can be checked either: `git sparse-checkout disable`",
)
HIDDEN_FILE = warning(
    123,
    "Hidden file",
    "a file whose name, or whose folder's name, begins with a dot is not read, so this {what} does not count",
    "rename it so that nothing in its path begins with a dot, or delete it",
)
TOO_MUCH_TEXT = error(
    125,
    "Too much text",
    "here the texts of this review together go beyond {length} or {lines}",
    "put long material beside the review and name it under `evidence`",
)
TEXT_TOO_DEEP = error(
    126,
    "Text nested too deep",
    "quotes and lists go deeper than {limit} levels here (a list counts as two); what is deeper would be left out",
    "nest less; look for a row of `>`, `-` or `1.` that is no quote and no list, and put a `\\` before it",
)
TABLE_TOO_WIDE = error(
    127,
    "Table too wide",
    "a table has {columns} columns, more than {limit}",
    "no page has room for it: turn it around, or name the file under `evidence`",
)
MORE_FINDINGS = warning(
    128,
    "More findings",
    "more findings in this file, not listed: {count}",
    "mend those that are listed, then check again",
)
TOO_MANY_NODES = error(
    129,
    "Too many values",
    "the fields have more than {limit} keys and values; reading stops here",
    "no form needs that; look for a text that should stand in quotes or after `|`",
)
FOLDER_UNREADABLE = error(
    130,
    "Folder cannot be listed",
    "this folder cannot be listed, so nobody knows what is in it: {reason}",
    "nothing in it counts as gone; make it readable (`chmod u+rx`), check the disk, or move what lies too deep further up",
)
NOT_REGULAR = error(
    131,
    "Not a regular file",
    "this is a named pipe, a socket or a device, which is never read",
    "remove it, and put an ordinary file here",
)
GIT_UNREADABLE = error(
    132,
    "Git cannot read its files",
    "git cannot say which files the repository has: {reason}",
    "so files that are missing here might go unnoticed; `git status` in this folder says more, `git fsck` what is broken",
)
MORE_IN_RUN = warning(
    140,
    "More findings in other files",
    "… and more findings that are not listed, in {files}: {errors}, {warnings}",
    "mend those that are listed, then check again",
)
TOO_MANY_ENTRIES = error(
    141,
    "Too many entries",
    "`{key}` has more than {limit} entries; reading stops here",
    "no form needs that many; look for lines that were pasted twice, or name a file under `evidence`",
)
SHORT_TEXT_TOO_LONG = error(
    142,
    "Text too long",
    "the text of `{key}` has {count} characters, more than {limit}",
    "shorten it; long texts have a place of their own, such as comments and the narrative",
)
TABLES_TOO_LARGE = error(
    143,
    "Tables too large",
    "the tables of this review together go beyond {limit} cells here (each row has as many as its heading)",
    "put the data beside the review and name the file under `evidence`",
)
SETTINGS_TOO_LARGE = error(
    144,
    "Settings too large",
    "the settings have {size}, more than {limit}; the defaults apply",
    "keep only the settings that docs/settings.md lists",
)
