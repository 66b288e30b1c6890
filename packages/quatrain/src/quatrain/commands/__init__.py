"""One module for each command of `quatrain`; what is heavy is imported when a command runs."""
