"""Faults by name: what goes wrong with a form between pen and file, each drawn to look like the real one.

`catalogue` names them all, `pen`, `paper` and `scanner` draw them, `texture` is what they are drawn with.
"""

from formreader.simulate.faults.catalogue import CATALOGUE, Fault, Planted, parse_faults
from formreader.simulate.faults.plant import PlantedPen, on_paper, on_scan

__all__ = ["CATALOGUE", "Fault", "Planted", "PlantedPen", "on_paper", "on_scan", "parse_faults"]
