"""`python -m ocpp_console` is the same as the command `ocpp-console`."""

import sys

from ocpp_console.cli import main

if __name__ == "__main__":
    sys.exit(main())
