"""Access to git: revisions as trees of files, commits, signatures.

Whoever needs a revision or the history asks this package. Only two commands run git themselves: `kpigen init` makes a
repository, and `kpigen build` asks whether git ignores a folder.
"""
