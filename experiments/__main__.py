"""The command line: `python -m experiments VERB`, or `theory-claims VERB`."""

import sys

from experiments.running import interruption


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit status, see `verbs.main`. From its first moment Ctrl-C is understood."""
    interruption.listen()
    try:
        from experiments import verbs  # takes a second to load
    except MemoryError:
        print("there is not enough memory to load what is needed; is it limited (ulimit -v)?", file=sys.stderr)
        return 1
    return verbs.main(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
