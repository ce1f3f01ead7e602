"""The command line as `python -m theory_claims`, for where the folder of installed commands is not on the path."""

import importlib
import sys

if __name__ == "__main__":
    sys.exit(importlib.import_module("theory_claims.experiments.__main__").main())
