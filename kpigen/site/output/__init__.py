"""Building a site: `artifacts` makes the bytes of every file, `writer` puts them into a folder so that it is never half done."""
