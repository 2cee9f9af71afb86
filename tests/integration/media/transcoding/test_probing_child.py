"""What the operator is told of the confinement is what a confined child has tried."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.media.transcoding.child_process import MEMORY, run_child
from bot.media.transcoding.kernel_confinement import confinement

KERNEL = confinement()


@pytest.mark.skipif(not KERNEL.is_whole, reason=f"this kernel has {KERNEL}")
async def test_a_confined_child_reaches_nothing(tmp_path: Path) -> None:
    """Neither files nor network, programs nor other processes."""
    (tmp_path / "picture").write_bytes(b"x")
    said = await run_child(
        "probing_child", tmp_path / "picture", "image/png", timeout=60.0, memory=MEMORY
    )
    assert said == ""


def test_an_unconfined_process_reaches_all_of_it() -> None:
    """The tries succeed where nothing was given up, so that their failure means something."""
    code = "from bot.media.transcoding.probing_child import reached; print(reached())"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert ended.stdout.split() == ["files", "network", "programs", "processes"]
