"""Transcoding: measure a file, or make it small enough, in a child process that is confined.

A result comes from a provider that neither the bot nor its operator knows, an input from any member,
and a media decoder is the likeliest place for a hostile file to do harm: decoders crash, hang and
take memory. No such file is therefore decoded in the bot's own process, nor in a thread of it, which
could not be stopped. `child_process` starts one child process for each file and confines it:

- Environment: empty, so that the bot's token and key are not in it, and the bot's own is closed.
- Files, network, other processes: given up, as far as the kernel allows without root
  (`kernel_confinement`).
- Resources: the child limits its own address space, processor time and file size before it opens
  the file (setrlimit(2), in `process_limits`). The parent limits elapsed time, and how many
  children run at once. When memory runs out, the kernel ends the child before the bot.
- Lifetime: the child's standard input is a pipe that the parent never writes to. It closes when
  the parent ends, also by SIGKILL, and the child then exits.
- Input: local files only, one demuxer for each media type, and a short list of decoders (`source`).
- Output: the parent takes an exit code, at most 200 bytes of reason or facts, and a file whose size
  and type it checks itself.

Parent: `child_process`, for `transcoder`, `bot.media.measurement` and `bot.media.picture_fitting`.
Children: `child`, which picks `video`, `image` or `audio`, `measuring_child` and `fitting_child`.
Those read by `source`, `frames` and `picture_header`, and write what `plan`, which is pure, has
decided.
"""
