"""`python -m investigate` is the same as `investigate`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
