"""The command line: what may be asked, and what each command does."""
