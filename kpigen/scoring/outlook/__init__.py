"""What an indicator's score would be with other numbers: its scoring curve, and what the next step would bring.

Both come from the rule itself, written as one formula and followed exactly along one number, whatever the method.
"""

from kpigen.scoring.methods.base import Mark
from kpigen.scoring.outlook.curves import curves_of
from kpigen.scoring.outlook.next_steps import next_steps
from kpigen.scoring.outlook.records import Bar, NextStep, Point, ScoringCurve

__all__ = ["Bar", "Mark", "NextStep", "Point", "ScoringCurve", "curves_of", "next_steps"]
