"""Text, YAML and front matter with every place kept: bytes → nodes, typed access to nodes, edits in place.

Knows the shape of a file, not what a review or a form is.
"""
