"""The score of an indicator for other numbers: its scoring curves and next steps.

Both follow from the rule itself: any method is written as one formula, and its value is followed exactly along one number.
"""

from kpigen.scoring.methods.base import Mark
from kpigen.scoring.outlook.curves import curves_of
from kpigen.scoring.outlook.next_steps import next_steps
from kpigen.scoring.outlook.records import Bar, NextStep, Point, ScoringCurve

__all__ = ["Bar", "Mark", "NextStep", "Point", "ScoringCurve", "curves_of", "next_steps"]
