"""The model card names the files that come along, as they are."""

import hashlib
import re

import pytest

from formreader.shipped import shipped

ROW = re.compile(r"\| ([\w.-]+) \| [^|]+ \| ([\d,]+) \| `([0-9a-f]{64})` \|")
FILES = ROW.findall((shipped("models") / "README.md").read_text(encoding="utf-8"))


def test_every_model_has_a_row() -> None:
    kept = {path.name for path in shipped("models").iterdir() if path.suffix in (".tflite", ".keras", ".npz")}
    assert {name for name, _, _ in FILES} == kept


@pytest.mark.parametrize(("name", "size", "content"), FILES)
def test_a_model_is_the_one_that_the_card_names(name: str, size: str, content: str) -> None:
    body = (shipped("models") / name).read_bytes()
    assert (f"{len(body):,}", hashlib.sha256(body).hexdigest()) == (size, content)
