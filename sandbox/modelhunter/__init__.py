"""A stand-in for the ModelHunter.AI API that makes real media and fails on request."""

from sandbox.modelhunter.faults import Fault, FaultTable
from sandbox.modelhunter.records import NewTask, TaskRecord
from sandbox.modelhunter.script import Failure, Result, Script, Step
from sandbox.modelhunter.server import StandIn, open_stand_in

__all__ = [
    "Failure",
    "Fault",
    "FaultTable",
    "NewTask",
    "Result",
    "Script",
    "StandIn",
    "Step",
    "TaskRecord",
    "open_stand_in",
]
