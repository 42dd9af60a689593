"""What the program does besides being a console: subcommands such as `info`, one entry of data each.

To add one:

1. Write a module here (or beside its siblings, such as those that ask a running console) with `run(given) -> int`,
   where `given` is a `Given`: the words of the command line, and the settings when they are asked for. Import what is
   heavy inside it: only the module of the subcommand that runs is loaded.
2. Add a `Subcommand` to `SUBCOMMANDS` in `subcommands.py`. Its arguments, help and exit codes stand there; the parser,
   `--help`, "did you mean", the shells' completions and the table in the documentation follow from them.

A failure is raised as an exception whose `text` is a sentence for the operator, with an `exit_code` if it is not 1;
`cli` prints it. A wrong word of the command line is `WrongWords`.
"""
