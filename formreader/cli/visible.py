"""Names of files and what they hold, as a terminal may be shown them."""


def visible(text: str, *, keep: str = "") -> str:
    """The text with what a terminal would obey, and what turns the direction of writing, spelled out: `\\x1b`.

    So a file's name can neither clear the screen nor write a line of its own. What is in `keep` stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() or mark in keep else _spelled(mark) for mark in text)


def _spelled(mark: str) -> str:
    return mark.encode("unicode_escape").decode("ascii")
