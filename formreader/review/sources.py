"""Where the scans and the template of a results table are: as the run recorded it, or as the reviewer says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from formreader.decide import MIN_CONFIDENCE, Thresholds
from formreader.errors import UsageError
from formreader.records import ScanRef
from formreader.review.spoilt import require_results
from formreader.scans import list_scans
from formreader.scans.files import content, sha256_of
from formreader.table.hashes import contents_read
from formreader.table.manifest import Manifest, manifest_path, read_manifest
from formreader.template import Template, load_templates


@dataclass(frozen=True)
class Sources:
    """What a review is cut from."""

    template: Template
    pages: dict[tuple[str, str], ScanRef]
    """(file, page) as in the results table -> the page."""
    notes: tuple[str, ...] = ()
    """What a reviewer should know about them."""
    contents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """File as in the results table -> the SHA-256 that it was read with, where that is known."""
    model: Path | None = None
    """The digit model that the scans were read with; None for the one that comes along."""
    min_confidence: Thresholds = MIN_CONFIDENCE
    """How sure a field had to be."""

    def page(self, file: str, page: str) -> ScanRef | str:
        """The page that was read; else why nobody may look at it.

        Scanners use their names again: another form under the same name must not be taken for this one.
        """
        ref = self.pages.get((file, page))
        if ref is None:
            return f"{file} page {page} is not among the scans. Say where they are: --scans"
        if (known := self.contents.get(file)) and content(ref.path) not in known:
            return (
                f"{ref.path} is not the scan that was read as {file}: it has changed since, or is another one. "
                "Put back the scan that was read, or say where it is: --scans"
            )
        return ref

    def require_form_of(self, fields: Sequence[str], results: Path) -> None:
        """UsageError where the template has none of the fields of `results`."""
        if fields and {field.name for field in self.template.fields}.isdisjoint(fields):
            raise UsageError(
                f"template {self.template.name} has none of the fields of {results.name}, such as {fields[0]!r}. "
                "Give the one that they were read with: --template FILE"
            )

    def missing(self, pages: Sequence[tuple[str, str]]) -> list[str]:
        """What to say of the pages (file, page) to decide that are not there. UsageError where none is."""
        gone = [f"{file} page {page}" for file, page in pages if (file, page) not in self.pages]
        if not gone:
            return []
        if len(gone) == len(pages):
            raise UsageError(
                f"none of the {len(gone)} pages to decide is among the scans; the first is {gone[0]}. "
                "Give the folder that was given to `formreader process`, where it is now: --scans DIR"
            )
        return [f"{len(gone)} of {len(pages)} pages to decide are not among the scans; the first is {gone[0]}."]


def find_sources(results: Path, *, scans: Sequence[str | Path] = (), template: Path | None = None) -> Sources:
    """The scans and the template of `results`. What is given goes before what the run recorded.

    UsageError where neither says, or where the scans are no longer there; TemplateError where the template is no good;
    TableError where there are no results.
    """
    require_results(results)
    run = read_manifest(results) or _without_record(results, scans, template)
    _check_record(results, run)
    form = template or Path(run.template)
    if form.is_dir():
        raise UsageError(
            f"{results.name}: was read with all templates of {form}. Review the table of one form, such as "
            f"{results.stem}-NAME{results.suffix}, or give one template: --template FILE"
        )
    if not template and form.is_absolute() and not form.exists():
        raise UsageError(
            f"{form}: there is no such file; {manifest_path(results).name} says the template was there. "
            "Say where it is: --template FILE"
        )
    refs = list_scans(scans) if scans else _recorded_scans(results, run)
    (loaded,) = load_templates(form).values()
    model = Path(run.model) if run.model and Path(run.model).is_file() else None
    least = MIN_CONFIDENCE if run.min_confidence is None else run.min_confidence
    contents = contents_read(results.with_name(run.part_of) if run.part_of else results, {ref.file for ref in refs})
    pages = {(ref.file, str(ref.page)): ref for ref in refs}
    return Sources(loaded, pages, tuple(_notes(results, run, None if template else form)), contents, model, least)


def _notes(results: Path, run: Manifest, recorded: Path | None) -> Iterator[str]:
    """What is not as the record says. `recorded`: the template that it names, where no other one was given."""
    if results.is_file() and run.tables.get(results.name, sha256_of(results)) != sha256_of(results):
        yield f"{results.name} is no longer as it was written: where a spreadsheet saved it, leading zeros may be lost."
    if recorded and run.template_sha256 and sha256_of(recorded) != run.template_sha256:
        yield f"The template {recorded.name} has changed since the scans were read."
    if run.model and not Path(run.model).is_file():
        name = Path(run.model).name
        yield f"The model {name} is gone: where amounts stand on cheques is looked for with another one."


def _check_record(results: Path, run: Manifest) -> None:
    """UsageError where the record is of a later table that has the name of `results`, and another format."""
    written = [name for name in run.tables if Path(name).stem == results.stem]
    if written and results.name not in written:
        raise UsageError(
            f"{manifest_path(results).name}: is the record of {written[0]}, which was written later. "
            f"Review {written[0]}, or process the scans of {results.name} again, to a table of another name."
        )


def _without_record(results: Path, scans: Sequence[str | Path], template: Path | None) -> Manifest:
    """What is known of a run that left no record; UsageError where not all that is needed is given."""
    missing = [name for name, given in (("--scans DIR", scans), ("--template FILE", template)) if not given]
    if missing:
        raise UsageError(
            f"{manifest_path(results)}: there is no record of the run that made {results.name}, so its scans and its "
            f"template are not known. Give {' and '.join(missing)}, as they were given to `formreader process`."
        )
    return Manifest(scans=(), template="", template_sha256="")


def _recorded_scans(results: Path, run: Manifest) -> list[ScanRef]:
    try:
        return list_scans(run.scans)
    except UsageError as error:
        raise UsageError(
            f"{error}. {manifest_path(results).name} says the scans were there; say where: --scans"
        ) from error
