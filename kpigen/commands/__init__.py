"""One module per command or family of commands: the only place that reads the command line, writes files and prints.

`common` and `history` are what several commands share.
"""
