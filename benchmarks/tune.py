"""Tries all layouts on all workloads and remembers the fastest, as a long run does by itself."""

import sys

from benchmarks.workloads import WORKLOADS
from experiments.ensemble import devices

if __name__ == "__main__":
    devices.start("auto", "float32")
    import jax

    from experiments.ensemble import choice

    for number in map(int, sys.argv[1:]):
        workload = WORKLOADS[number]
        best = choice.tried(workload.program, workload.points(), workload.networks(jax.default_backend()))
        print(f"{workload.name}: {best.layout} {best.chunk}", flush=True)
