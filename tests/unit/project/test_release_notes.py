"""A release is a tag, a version and a dated section of the changelog that name the same."""

import re
import tomllib

import pytest

from tests.release_notes import ROOT, NotReleasable, release_notes

CHANGELOG = """# Changelog

What changes.

## [1.2.0] - 2026-12-01

### Added

- A thing.

## [1.1.0] - 2026-11-01

- Another.
"""


def test_the_notes_of_a_release_are_its_section() -> None:
    """Nothing of the section before or after it."""
    assert release_notes("v1.2.0", "1.2.0", CHANGELOG) == "### Added\n\n- A thing."


@pytest.mark.parametrize(
    ("tag", "version", "changelog", "said"),
    [
        ("v1.2.1", "1.2.0", CHANGELOG, "the tag is v1.2.1"),
        ("1.2.0", "1.2.0", CHANGELOG, "the tag is 1.2.0"),
        ("v1.2.0-rc1", "1.2.0", CHANGELOG, "the tag is v1.2.0-rc1"),
        ("v1.1.0", "1.1.0", CHANGELOG, "does not begin with a section [1.1.0]"),
        ("v1.2.0", "1.2.0", "# Changelog\n", "does not begin with a section [1.2.0]"),
        ("v1.2.0", "1.2.0", CHANGELOG.replace("2026-12-01", "Unreleased"), "in place of a date"),
        ("v1.2.0", "1.2.0", "## [1.2.0] - 2026-12-01\n\n## [1.1.0] - 2026-11-01\n", "says nothing"),
    ],
)
def test_what_is_no_release_is_refused_with_a_reason(
    tag: str, version: str, changelog: str, said: str
) -> None:
    """A tag that was set too early makes nothing that users would find."""
    with pytest.raises(NotReleasable) as caught:
        release_notes(tag, version, changelog)
    assert said in str(caught.value)


def test_the_changelog_of_this_version_becomes_notes_once_it_has_its_date() -> None:
    """All that is left to do before a release is the date, and the tag."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    dated = re.sub(r"^(## \[.+?\] - ).+$", r"\g<1>2026-12-01", changelog, count=1, flags=re.M)
    assert "`/video`" in release_notes(f"v{version}", version, dated)
