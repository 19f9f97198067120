"""Numbers, exactly: how people write them, the formula language, how far a formula can go.

Knows nothing of forms and reviews. A float never touches a score.
"""
