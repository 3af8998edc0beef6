"""matplotlib for the scripts that draw: `from pictures import plt`. Where it is missing, one line says what to install."""

import sys

NOT_AVAILABLE = 69  # as in dsqbench's exit codes

try:
    import matplotlib
except ImportError:
    print(f"{sys.argv[0]}: there is no matplotlib here: apt-get install python3-matplotlib, and run it with /usr/bin/python3",
          file=sys.stderr)
    sys.exit(NOT_AVAILABLE)

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402, F401
