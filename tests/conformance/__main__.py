"""The suite on the command line: `python -m tests.conformance --help`."""

import logging
import sys

import structlog

from tests.conformance.command import main

if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(main())
