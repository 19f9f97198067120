"""The steps of a review from draft to published, amended or withdrawn: the new bytes of its file, or the reasons against it.

Writes no files; the commands do.
"""
