"""Transcoding: make a file small enough to upload, in a child process that is confined.

A result comes from a provider that neither the bot nor its operator knows, and a media decoder is
the likeliest place for a hostile file to do harm: decoders crash, hang and take memory. No such
file is therefore decoded in the bot's own process, nor in a thread of it, which could not be
stopped. `transcoder` starts one child process for each file and confines it:

- Environment: empty, so that the bot's token and key are not in it, and the bot's own is closed.
- Files, network, other processes: given up, as far as the kernel allows without root
  (`kernel_confinement`).
- Resources: the child limits its own address space, processor time and file size before it opens
  the file (setrlimit(2), in `process_limits`). The parent limits elapsed time, and how many
  children run at once. When memory runs out, the kernel ends the child before the bot.
- Lifetime: the child's standard input is a pipe that the parent never writes to. It closes when
  the parent ends, also by SIGKILL, and the child then exits.
- Input: local files only, one demuxer for each media type, and a short list of decoders (`source`).
- Output: the parent takes an exit code, at most 200 bytes of reason, and a file whose size and
  type it checks itself.

Parent: `transcoder`. Child: `child`, which picks `video`, `image` or `audio`. Those read by
`source` and `frames`, and write what `plan`, which is pure, has decided.
"""
