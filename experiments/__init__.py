"""The harness: from a configuration to a table, verdicts and figures."""

import os

# Matrices on the host are small. OpenBLAS would share them out among threads that wait for each other, on a busy
# machine up to fifty times as long as one thread calculates. It reads this once, when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
