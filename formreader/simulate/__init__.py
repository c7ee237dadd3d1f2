"""Filled forms with known truth: what somebody might write, drawn by pen, seen by a scanner, with faults by name."""

from formreader.simulate.forms import (
    FilledForm,
    copy_samples,
    draw_entries,
    draw_form,
    draw_forms,
    save_forms,
    simulate,
    write_truth,
)
from formreader.simulate.specimens import Specimens

__all__ = [
    "FilledForm",
    "Specimens",
    "copy_samples",
    "draw_entries",
    "draw_form",
    "draw_forms",
    "save_forms",
    "simulate",
    "write_truth",
]
