"""Handwriting drawn as pen strokes: digits, fill marks and scribbles as one writer or another would make them."""

from formreader.pen.writing import LABELS, Stroke, Writer, draw, draw_glyph, placed, render, sample_writer, strokes

__all__ = ["LABELS", "Stroke", "Writer", "draw", "draw_glyph", "placed", "render", "sample_writer", "strokes"]
