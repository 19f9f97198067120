"""One module per command or family of commands: besides `cli`, only they read the command line and print.

A command writes reviews, rules and settings itself. The site and the caches are written by layers below: `site/output`,
`site/pdf` and `base/memo`.

`common`, `place`, `language`, `help`, `selection`, `steps` and `history` are what several commands share.
"""
