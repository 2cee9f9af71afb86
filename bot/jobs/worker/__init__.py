"""Worker: takes an accepted job to its end, step by step.

`Scheduler` runs a step of each job that is due, `Tracker` chooses it by the job's state, and the
steps do it: `SubmitStep`, following, `DeliverStep`, `CloseStep`. A step reads the row, asks the API
or Discord, applies an event by the recorder, and returns the job. It never sleeps and never tries
twice: a step that can't be done now raises `RetryLater`, and the scheduler is the only one to retry.
So a restart is nothing special: the next process takes the next step of the same row.
"""
