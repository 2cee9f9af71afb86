"""Worker: takes an accepted job to its end, step by step.

`Scheduler` runs a step of each job that is due, `Tracker` chooses it by the job's state, and the
steps do it: `SubmitStep`, following, `DeliverStep`, `CloseStep`. A step knows the row, asks the API
or Discord, applies an event by the recorder, and returns the job. It never sleeps and never tries
twice: a step that can't be done now raises `RetryLater`, and the scheduler is the only one to retry.
So a restart is nothing special: the next process takes the next step of the same row.

Most of the time nothing happens to a job but that its task goes on. Such jobs take no steps: `TaskTicks`
looks at all of them together, by one reading of the task list every few seconds (`list_reading`), and
compares each entry with what was seen last (`followed_tasks`). What has changed, has ended or was not
shown is woken, and becomes a step. The costs of ended tasks and the searches for lost ones share
readings too (`list_searches`). All requests go by one pace, in the order of who waits for them
(`bot.modelhunter.request_pace`).
"""
