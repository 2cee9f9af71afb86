"""GitHub's workflows, read from their files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
PATHS = tuple(sorted((ROOT / ".github" / "workflows").glob("*.yml")))
NAMES = tuple(path.name for path in PATHS)


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow. YAML 1.1 reads the key `on` as true, so that its events are under "on"."""
    content: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows" / name).read_text("utf-8"))
    content["on"] = content.pop(True)
    return content


def jobs(name: str) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow by their names."""
    found: dict[str, dict[str, Any]] = workflow(name)["jobs"]
    return found


def steps(name: str) -> Iterator[dict[str, Any]]:
    """Yield the steps of all jobs of a workflow."""
    for job in jobs(name).values():
        yield from job.get("steps", ())
