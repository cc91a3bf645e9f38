"""The suite on the command line: `python -m tests.conformance --help`."""

import sys

from tests.conformance.command import main

if __name__ == "__main__":
    sys.exit(main())
