"""Admission: from a request to an accepted job.

A request is checked against the catalogue and priced (`intake`), confirmed if it is expensive
(`price_questions`), and written as a job (`acceptance`), all within the time that Discord gives
for an answer (`answer_deadline`).

The transaction that writes the job also checks the limits and reserves the upper end of its price,
one acceptance at a time over all processes. So commands can't pass a budget by being many at once: a
budget is passed only if the API charges more than the catalogue says. What becomes of a reservation
when the job ends is in `bot.jobs.lifecycle.settlement`.

A row that is not written in time is abandoned: the requester reads that the bot is busy and that
nothing was charged, and what is written later is withdrawn. It must not become a job without a
card, nor use up the draft or the retry that it came from.
"""
