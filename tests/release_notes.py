"""Notes of a release: what CHANGELOG.md says of the version that a tag names.

    python -m tests.release_notes v0.1.0

prints the section, or says why this is no release: the tag, pyproject.toml and the changelog must
name the same version, and the section must have its date. Needs nothing but Python.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_SECTION = re.compile(
    r"^## \[(?P<version>[^\]]+)\] - (?P<date>.+)\n(?P<notes>(?:(?!## ).*\n?)*)", re.M
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class NotReleasable(Exception):
    """Tag, version and changelog don't belong together; the text says what to change."""


def release_notes(tag: str, version: str, changelog: str) -> str:
    """Return the section of *changelog* about *version*, which *tag* must name; raises NotReleasable. Pure."""
    if tag != f"v{version}":
        raise NotReleasable(
            f"the tag is {tag}, but pyproject.toml has version {version}: v{version}"
        )
    first = _SECTION.search(changelog)
    if first is None or first["version"] != version:
        raise NotReleasable(f"CHANGELOG.md does not begin with a section [{version}]")
    if not _DATE.fullmatch(first["date"].strip()):
        raise NotReleasable(f"[{version}] in CHANGELOG.md has {first['date']} in place of a date")
    notes = first["notes"].strip()
    if not notes:
        raise NotReleasable(f"[{version}] in CHANGELOG.md says nothing")
    return notes


def main() -> None:
    """Print the notes, or exit with code 1 and the reason."""
    (tag,) = sys.argv[1:]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    try:
        print(release_notes(tag, project["version"], changelog))  # noqa: T201 - the answer
    except NotReleasable as error:
        sys.exit(f"This is no release: {error}.")


if __name__ == "__main__":
    main()
