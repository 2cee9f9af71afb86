"""Scratch folders: what a killed process left is deleted, what is in use stays."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import pytest

from bot.media.scratch_folder import remove_stale_folders

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
