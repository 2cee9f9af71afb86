"""Sandbox API: ModelHunter.AI's API on loopback, which makes real media and fails on request.

A `Script` gives each task its statuses over time, its result and its price, so that a task's state
follows from the clock alone. A fault table makes calls fail before, amid or after their effect.
"""

from sandbox.modelhunter.records import NewTask, TaskRecord
from sandbox.modelhunter.script import Failure, Result, Script, Step
from sandbox.modelhunter.server import SandboxApi, open_sandbox_api

__all__ = [
    "Failure",
    "NewTask",
    "Result",
    "SandboxApi",
    "Script",
    "Step",
    "TaskRecord",
    "open_sandbox_api",
]
