"""The score of an indicator for other numbers: its scoring curves, its next steps, and what would bring most.

Both follow from the rule itself: any method is written as one formula, and its value is followed exactly along one number.
"""

from kpigen.scoring.methods.base import Mark
from kpigen.scoring.outlook.advice import Advice, advice
from kpigen.scoring.outlook.curves import curves_of
from kpigen.scoring.outlook.next_steps import next_steps
from kpigen.scoring.outlook.records import Bar, NextStep, Point, ScoringCurve

__all__ = ["Advice", "Bar", "Mark", "NextStep", "Point", "ScoringCurve", "advice", "curves_of", "next_steps"]
