"""What a review becomes, from draft to published, amended or withdrawn: new bytes of its file, or why not.

Writes nothing; the commands do.
"""
