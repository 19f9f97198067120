"""The effect of other rules on existing reviews: which reviews are tried, the results, and how they are shown.

Changes nothing.
"""
