"""`python -m quatrain` is the command `quatrain`."""

from .cli import main

if __name__ == "__main__":  # the processes that tag import this module, too
    main()
