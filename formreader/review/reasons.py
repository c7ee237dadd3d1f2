"""Why a field is asked, in words for the reviewer."""

REASONS = {
    "low_confidence": "unsure",
    "not_a_digit": "not a digit",
    "minus": "a minus before a digit",
    "goes_on": "something is written beside its cells, above or below them",
    "point": "a point, a comma or something else between its digits",
    "raised": "a small digit high up",
    "overwritten": "overwritten",
    "gap": "a gap where a digit should be, or between two numbers",
    "fragment": "perhaps part of a digit, or a stain",
    "touches_frame": "runs over the frame",
    "weak_registration": "printed frame not found",
    "required": "empty, and must not be",
    "faint": "something too pale to read, or print alone",
    "left_over": "a stroke or digit beside or above those read, or brackets",
    "struck_through": "a stroke through all of it",
    "readers_disagree": "two readings differ",
    "no_point": "nothing says where the cents begin",
    "ambiguous_amount": "may be two amounts",
    "grouping": "grouped in no known way",
    "negative_amount": "a minus before it",
    "stroke_or_one": "a stroke or a 1",
    "sign_or_digit": "a currency sign or a digit",
    "short_year": "a year of two digits, or half of one",
    "free_date": "digits that spell no date",
    "no_amount_found": "no place for an amount found",
    "two_amounts": "another amount stands elsewhere",
    "written_across": "something large is written or stamped across the cheque",
    "not_one_cheque": "not shaped as one cheque is",
    "not_an_amount": "no digits where the amount stands",
    "no_check_digit": "no check digit to trust it by",
    "not_read": "characters of another make",
    "unreadable_file": "the file cannot be read",
    "unreadable_page": "reading it failed by a bug",
    "not_this_form": "the page does not fit the template",
    "worker_died": "the page ended whatever read it",
    "timed_out": "the page took too long to read",
    "expected:matches": "as the batch list says",
    "expected:differs": "not what the batch list says",
    "expected:not_listed": "not in the batch list",
}
"""Reason codes; others, and rules, say themselves."""


def in_words(reason: str) -> str:
    """What a code says, or what the rule that it names did."""
    kind, _, name = reason.partition(":")
    told = {
        "rule": f"rule {name}",
        "repaired": f"repaired by {name}",
        "unchecked": f"not checked by {name}",
        "cleared": f"cleared by {name}",
    }
    return told[kind] if name and kind in told else REASONS.get(reason, reason.replace("_", " "))
