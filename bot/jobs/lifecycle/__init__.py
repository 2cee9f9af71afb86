"""Lifecycle: what a job is, and what events make of it. Pure.

A job has a state, and events happen to it. `transitions.TABLE` holds a rule for each pair of state
and event, and a rule is a function (job, event, now) -> job. Nothing in this package reads a clock,
the database or the network, so that each rule can be tested alone and the table as a whole.

    accepted -> submitting -> following -> delivering -> delivered or linked

are the states of a job that goes well; ARCHITECTURE.md draws the others as they are in the code.

- Before `submitting` nothing was sent to the API, so that the job can end without a charge.
- `submitting` is written before the POST is sent, and `following` once the task's id is known. In
  between it is not known whether there is a task. `uncertain` says so on the card; the job is
  searched for (see `worker.lost_post`), and its POST is never repeated.
- From `following` on the API decides: its answers are the only thing that ends a job, apart from a
  day without one that is understood (`unclear`).
- `delivering` ends when the requester has the result, not when the task succeeded.
- A final state is not the end of the work: a job stays `open` until its ending is shown.

Events are facts, and each of them may happen in any state: a pair without a rule of its own leaves
the job as it is. A wanted cancel and being late are marks on a job, not states, because the job goes
on with them.
"""
