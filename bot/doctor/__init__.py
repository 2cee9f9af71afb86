"""Doctor: looks at the set-up as an operator would, and says how each fault is mended.

A check is a small function that returns a `Finding`: ok, a warning, failed, or not checked. What may
be wrong is one table, `problems`, with one sentence for each that says what to do; docs/doctor.md
shows it. Checks run one after the other (`checks`), each within a time of its own; one that crashes
or hangs is a failure of its own and stops no other, and what depends on a failed one is not checked.

Nothing is charged, sent or changed. Discord and the API are only asked, by GET, and no gateway
session is begun. The database is read beside a running bot, and the speed of a commit is measured on
a file of its own. Checks share what they have learned by `once`: the same question is asked one time.
"""
