"""A courtesy amount's symbols -> a plain decimal, or why nobody can say which.

Grouped by thousands or the Indian way (1,00,000); ended by a point and two digits, or by the `/-` that says that
nothing follows. An amount that has neither, nor any grouping, may have lost its point: it is not guessed.
"""

import re

_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+|\d{1,2}([.,]\d{2})*[.,]\d{3}|\d{1,4}")


def value_of(text: str) -> tuple[str, tuple[str, ...]]:
    """The value of `text` (digits, `.`, `,`, `-`, `/-`) and why it must not be trusted; empty where it is sure."""
    reasons = []
    if text.startswith("-"):
        reasons.append("negative")
    body, ended = text.strip("-"), text.endswith("-")
    if body.endswith("/"):
        body = body[:-1]
    body = body.rstrip(".,") if ended else body
    body = re.sub(r"[.,]{2,}", ".", body)  # one mark in two pieces
    digits = re.sub(r"\D", "", body)
    if not digits:
        return "", (*reasons, "not_an_amount")
    if ended:
        return f"{int(digits)}.00", (*reasons, *_grouping(body))
    if found := re.fullmatch(r"(.*\d)[.,](\d\d)", body):
        whole = re.sub(r"\D", "", found[1])
        return f"{int(whole)}.{found[2]}", (*reasons, *_grouping(found[1]))
    if re.search(r"[.,]", body):
        one = len(re.findall(r"[.,]", body)) == 1 and "," not in body
        return f"{int(digits)}.00", (*reasons, *_grouping(body), *(["ambiguous_point"] if one else []))
    return f"{int(digits)}.00", (*reasons, "no_point")


def _grouping(whole: str) -> tuple[str, ...]:
    return () if _GROUPED.fullmatch(whole) else ("grouping",)
