"""One contender on one workload, in a process of its own: prepares, then measures each time it is asked to.

Reads numbers of steps from its input, one a line, and answers each with a line of JSON.
"""

import json
import resource
import sys
import time

from benchmarks.contenders import CONTENDERS, ON_JAX
from benchmarks.workloads import WORKLOADS
from experiments.executors.measuring import CompileClock


def main() -> None:
    """`python -m benchmarks.worker CONTENDER WORKLOAD MEMBERS`."""
    contender, number, members = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    clock = CompileClock() if contender in ON_JAX else None
    started = time.perf_counter()
    run = CONTENDERS[contender](WORKLOADS[number], members)
    prepared = {"preparing": time.perf_counter() - started, "compiling": clock.seconds if clock else 0.0}
    print(json.dumps(prepared), flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        steps = run(int(line))
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MiB on Linux
        print(json.dumps({"network_steps": steps, "seconds": seconds, "peak_memory": peak}), flush=True)


if __name__ == "__main__":
    main()
