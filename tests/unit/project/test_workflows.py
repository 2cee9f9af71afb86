"""GitHub's workflows check what .ci/run checks, on what pyproject.toml promises, with few rights."""

import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.unit.project.workflows import NAMES, PATHS, ROOT, jobs, steps, workflow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
# What a job may do beyond reading the sources: publish an image, sign a statement, make a release.
RIGHTS = {
    ("release.yml", "image"): {"packages", "attestations", "id-token"},
    ("release.yml", "files"): {"contents", "attestations", "id-token"},
}
TESTS = jobs("tests.yml")


def commands(name: str) -> str:
    """Return what a workflow runs."""
    return "\n".join(step["run"] for step in steps(name) if "run" in step)


def test_the_workflows_are_these_two() -> None:
    """One for changes, one for releases."""
    assert NAMES == ("release.yml", "tests.yml")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    """A tag can be moved to other code; a commit can't. The comment has the tag to compare with."""
    lines = re.findall(r"^ *(?:- )?uses: (.+)$", path.read_text("utf-8"), re.M)
    others = [line for line in lines if not line.startswith("./")]
    assert others
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in others if not pinned.fullmatch(line)] == []


def test_an_action_has_one_version_in_all_workflows() -> None:
    """An update changes all places at once."""
    used = [step["uses"] for name in NAMES for step in steps(name) if "uses" in step]
    assert len({action.split("@")[0] for action in used}) == len(set(used))


def test_the_tests_run_on_every_python_of_the_project() -> None:
    """The versions are those that pyproject.toml names, the oldest of which is the least it takes."""
    named = [
        found[1]
        for classifier in PROJECT["classifiers"]
        if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", classifier))
    ]
    assert TESTS["python"]["strategy"]["matrix"]["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"
    single = [
        step["with"]["python-version"]
        for name in NAMES
        for step in steps(name)
        if "setup-python@" in step.get("uses", "")
    ]
    assert set(single) == {named[0], "${{ matrix.python }}"}


def test_every_python_has_a_postgresql_of_its_own() -> None:
    """The suite runs on both engines, and the address that it is given is the service's."""
    job = TESTS["python"]
    service = job["services"]["postgres"]
    password = service["env"]["POSTGRES_PASSWORD"]
    address = job["env"]["TEST_POSTGRES_URL"]
    assert address == f"postgresql://postgres:{password}@127.0.0.1:5432/postgres"
    assert service["ports"] == ["5432:5432"]
    assert "pg_isready" in service["options"]


def test_the_workflow_runs_all_that_a_change_must_pass() -> None:
    """What .ci/run runs of this project is in the workflow, the browser's tests once."""
    script = (ROOT / ".ci/run").read_text("utf-8")
    asked = set(re.findall(r"^(?:make|\.venv/bin/python) .+$", script, re.M))
    assert len(asked) >= 4
    run = commands("tests.yml").replace(" PYTHON=python", "")
    assert [line for line in asked if line not in run] == []
    assert run.count("make browser-test") == 1


@pytest.mark.parametrize("name", NAMES)
def test_what_a_workflow_runs_of_the_project_exists(name: str) -> None:
    """The targets of make are the Makefile's, and the scripts can be executed."""
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
    asked = {
        word
        for line in re.findall(r"\bmake (.+)$", commands(name), re.M)
        for word in line.split()
        if "=" not in word
    }
    assert asked
    assert asked - targets == set()
    scripts = re.findall(r"^(\.ci/\S+)", commands(name), re.M)
    assert scripts
    assert [script for script in scripts if not os.access(ROOT / script, os.X_OK)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_jobs_of_a_workflow_have_the_least_rights(name: str) -> None:
    """By default none at all; a job names what it needs, and keeps no credentials in the checkout."""
    assert workflow(name)["permissions"] == {}
    for job, description in jobs(name).items():
        written = {right for right, what in description["permissions"].items() if what == "write"}
        assert written == RIGHTS.get((name, job), set()), job
        assert set(description["permissions"].values()) <= {"read", "write"}
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", NAMES)
def test_no_expression_is_part_of_a_command(name: str) -> None:
    """What others choose, as the name of a branch, comes in by the environment and is no program."""
    assert "${{" not in commands(name)


@pytest.mark.parametrize("name", NAMES)
def test_no_job_of_a_workflow_runs_for_hours(name: str) -> None:
    """Each ends by itself; GitHub's own limit is six hours."""
    for job, description in jobs(name).items():
        if "uses" not in description:
            assert description["timeout-minutes"] <= 90, job


def test_caches_are_found_by_the_lock_file() -> None:
    """Other dependencies are another cache."""
    caches = [
        step["with"] for name in NAMES for step in steps(name) if step.get("with", {}).get("cache")
    ]
    assert caches
    for cache in caches:
        assert cache["cache"] == "pip"
        assert (ROOT / cache["cache-dependency-path"]).is_file()
    # A release is built of nothing that an earlier run has left behind.
    assert "cache" not in str(jobs("release.yml"))


def test_images_of_services_have_their_version() -> None:
    """Neither a service of the tests nor one of Compose changes by itself to another version."""
    services = [
        *TESTS["python"]["services"].values(),
        *yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"].values(),
    ]
    named = [service["image"] for service in services if not service["image"].startswith("${")]
    assert named
    assert [image for image in named if not re.search(r":v?\d", image)] == []


def test_a_release_is_made_of_a_tag_that_passed_the_tests() -> None:
    """First the version is compared and everything is tested, then the image, at last the release."""
    assert workflow("release.yml")["on"] == {"push": {"tags": ["v*"]}}
    release = jobs("release.yml")
    assert release["tests"]["uses"] == "./.github/workflows/tests.yml"
    assert "workflow_call" in workflow("tests.yml")["on"]
    assert [release[job]["needs"] for job in ("tests", "image", "files")] == [
        "version",
        "tests",
        "image",
    ]


def test_the_image_of_a_release_has_two_architectures_and_its_papers() -> None:
    """x86-64 and ARM64, a list of what it is made of, and a signed statement of how."""
    described = [step for step in jobs("release.yml")["image"]["steps"] if "uses" in step]
    (build,) = [step["with"] for step in described if "build-push-action@" in step["uses"]]
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert build["push"] is True
    assert build["sbom"] is True
    assert build["provenance"] == "mode=max"
    (statement,) = [
        step["with"] for step in described if step["uses"].startswith("actions/attest@")
    ]
    assert statement["subject-digest"] == "${{ steps.build.outputs.digest }}"
    assert statement["push-to-registry"] is True
