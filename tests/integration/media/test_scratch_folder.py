"""Scratch folders: what a killed process left is deleted, what is in use stays."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import pytest

from bot.media.scratch_folder import remove_stale_folders, scratch_folder

_USES_A_FOLDER = """
import asyncio
import os
from bot.media.scratch_folder import scratch_folder

async def main() -> None:
    async with scratch_folder() as folder:
        (folder / "video-1-1.mp4").write_bytes(bytes(1000))
        print(folder, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_the_scratch_folder_of_a_killed_process_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of a process that was killed go at once, and those of a running one stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _USES_A_FOLDER,
        stdout=asyncio.subprocess.PIPE,
        env={"TMPDIR": str(tmp_path)},
    )
    assert process.stdout is not None
    folder = Path((await process.stdout.readline()).decode().strip())
    remove_stale_folders()
    assert (folder / "video-1-1.mp4").exists()
    process.kill()
    await process.wait()
    remove_stale_folders()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("thefts", [1, 2])
async def test_a_folder_that_another_process_takes_for_stale_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thefts: int
) -> None:
    """A process that starts just then deletes what is not locked yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    make, made = tempfile.mkdtemp, list[str]()

    def make_and_lose(prefix: str) -> str:
        made.append(make(prefix=prefix))
        if len(made) <= thefts:
            remove_stale_folders()
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)
    async with scratch_folder() as folder:
        assert folder.is_dir()
        remove_stale_folders()
        assert folder.is_dir()
    assert len(made) == thefts + 1
    assert os.listdir(tmp_path) == []
