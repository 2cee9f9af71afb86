"""A disk that fails, or is full, loses nothing that was acknowledged and stops no process for good."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

import pytest

from db.engines.engine import open_database
from db.repositories.jobs import JobRepository
from tests.crash.stored_jobs import read_stored_jobs

TIMEOUT = 120.0  # seconds; a process that needs longer is wedged

pytestmark = pytest.mark.skipif(
    shutil.which("fiu-run") is None, reason="needs Debian's fiu-utils, which .ci/run installs"
)

# A child writes jobs while its disk fails, and prints a line for each step that was acknowledged.
_CHILD = """
import asyncio, ctypes, dataclasses, errno, json, sys
from db.errors import StoreFailed
from db.engines.engine import open_database
from db.repositories.jobs import JobRepository
from db.records import JobState
from tests.integration.db.repositories.builders import NOON, PLENTY, a_job

url, point, number, probability = sys.argv[1:]
faults = ctypes.CDLL(None)  # libfiu, preloaded by fiu-run
faults.fiu_enable_random.argtypes = (
    ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_float
)

def fail() -> None:
    code = getattr(errno, number)
    assert faults.fiu_enable_random(point.encode(), -1, code, 0, float(probability)) == 0

def heal() -> None:
    assert faults.fiu_disable(point.encode()) == 0

async def write(jobs: JobRepository, job_id: int) -> None:
    try:
        job = await jobs.accept(a_job(job_id), PLENTY, owner="one")
        print(json.dumps(["accepted", job_id]), flush=True)
        after = dataclasses.replace(job, state=JobState.FOLLOWING, task_id=f"task-{job_id}")
        assert await jobs.save(job, after)
        print(json.dumps(["following", job_id]), flush=True)
    except StoreFailed as error:
        print(json.dumps(["failed", str(error.__cause__)]), flush=True)

async def main() -> None:
    async with open_database(url) as store:
        jobs = JobRepository(store)
        await write(jobs, 1)
        fail()
        for job_id in range(2, 150):
            await write(jobs, job_id)
        heal()
        await write(jobs, 1000)

asyncio.run(main())
"""


async def _write_on_a_bad_disk(
    url: str, point: str, error: str, probability: float
) -> list[tuple[str, object]]:
    process = await asyncio.create_subprocess_exec(
        *("fiu-run", "-x", sys.executable, "-c", _CHILD),
        *(url, point, error, str(probability)),
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(TIMEOUT):
        said, _ = await process.communicate()
    assert process.returncode == 0
    return [tuple(json.loads(line)) for line in said.splitlines()]


@pytest.mark.parametrize(
    ("point", "error", "probability"),
    [
        ("posix/io/sync/fdatasync", "EIO", 0.2),
        ("posix/io/rw/pwrite", "EIO", 0.05),
        ("posix/io/rw/pwrite", "ENOSPC", 1.0),
    ],
)
async def test_a_failing_disk_loses_nothing_acknowledged(
    tmp_path: Path, point: str, error: str, probability: float
) -> None:
    """What was acknowledged is there after the next start, and the process works when the disk does."""
    url = f"sqlite:///{tmp_path}/bot.db"
    said = await _write_on_a_bad_disk(url, point, error, probability)
    failures = {words for what, words in said if what == "failed"}
    assert failures
    assert said[-2:] == [("accepted", 1000), ("following", 1000)]
    async with open_database(url) as store:
        jobs = JobRepository(store)
        for what, job_id in said:
            if what != "failed":
                job = await jobs.get(int(str(job_id)))
                assert job is not None
                assert what == "accepted" or job.task_id == f"task-{job_id}"
    stored = read_stored_jobs(tmp_path / "bot.db")
    assert stored.is_intact
    assert stored.ledger.keys() == stored.jobs.keys()
    if error == "ENOSPC":
        assert failures == {"database or disk is full"}
        assert set(stored.jobs) == {1, 1000}
