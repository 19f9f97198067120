"""Build a site: `artifacts` makes the bytes of every file, `writer` writes them to a folder all or nothing."""
