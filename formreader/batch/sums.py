"""Amounts as people and their programs write them in a list: 1420.00, 1,420.00, 1.420,00, 1 420,00, 12,34,567/-."""

import re
from decimal import Decimal

from formreader.errors import TableError

_SPACES = re.compile(r"[\s'\u2019]")
_CLOSED = re.compile(r"(\d|\d.*\d)/[-=]")
_WHOLE = re.compile(r"-?(\d+|\d{1,3}([.,]\d{2,3})*[.,]\d{3})")


def as_amount(where: str, text: str) -> Decimal:
    """The amount; TableError, which begins with `where`, for what is none or might be two.

    The last mark is the decimal one, unless all marks are the same and three digits stand after each: those group. One
    mark before three digits might be either (1.420); where `/-` closes the amount it groups, as on a cheque.
    """
    plain = _SPACES.sub("", text)
    if closed := _CLOSED.fullmatch(plain):
        plain = closed[1]
    whole, mark, last = re.fullmatch(r"(.*?)(?:([.,])(\d*))?", plain, re.DOTALL).groups("")  # type: ignore[union-attr]
    marks = set(re.findall(r"[.,]", whole))
    either = len(last) == 3 and not marks and whole.lstrip("-0") != ""
    if either and not closed:
        raise TableError(
            f"{where}: {text!r} may be {whole}{last} or {whole}.{last}. Write a plain decimal such as 1420.00."
        )
    if either or (len(last) == 3 and marks == {mark}):
        whole, mark, last = plain, "", ""
    if not _WHOLE.fullmatch(whole) or len(marks) > 1 or mark in marks:
        raise TableError(f"{where}: {text!r} is no amount. Write a plain decimal such as 1420.00.")
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(f"{digits}.{last}" if last else digits)
