"""Files that people take for scans and that are not read: what to do with each kind, by its first bytes."""

_BRANDS = {b"avif": "an AVIF picture", b"avis": "an AVIF picture"}

_KINDS: dict[bytes, str] = {
    b"PK\x03\x04": "a packed folder (ZIP), Word or Excel file; unpack it, or export its pages as PDF",
    b"\xd0\xcf\x11\xe0": "a file of an old Office; export its pages as PDF",
    b"{\\rtf": "a text with layout (RTF); export its pages as PDF",
    b"GIF8": "a GIF picture; save it as PNG",
    b"8BPS": "a Photoshop picture; save it as PNG",
    b"\xff\x0a": "a JPEG XL picture; save it as JPEG",
    b"\x00\x00\x00\x0cJXL ": "a JPEG XL picture; save it as JPEG",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 picture; save it as PNG",
}


def in_words(start: bytes) -> str:
    """What a file of no known kind is, and the remedy, given its first 12 bytes or more."""
    if start[4:8] == b"ftyp":
        return f"it is {_BRANDS.get(start[8:12], 'a film, or a picture of a rare kind')}; save it as JPEG"
    for signature, what in _KINDS.items():
        if start.startswith(signature):
            return f"it is {what}"
    shown = repr(start[:12])[1:]  # without the b of Python's bytes
    return f"it begins with {shown}, as no image does; give JPEG, PNG, BMP, WebP, TIFF or PDF"
