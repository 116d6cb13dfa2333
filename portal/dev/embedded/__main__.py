"""Start the keeper: ``python -m portal.dev.embedded HOME durable|quick PART…``."""

import sys

from portal.dev.embedded.keeper import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
