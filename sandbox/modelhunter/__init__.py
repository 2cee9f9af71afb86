"""Sandbox API: ModelHunter.AI's API on loopback, which makes real media and fails on request."""

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
