"""The name under which other packages import the harness: `from theory_claims.experiments.plan import Unit`.

Installed from a wheel, the harness is in this folder. In a checkout it is beside it, and the modules of both names are
the same objects, see `_beside`.
"""

from pathlib import Path

if not (Path(__file__).parent / "experiments").is_dir():
    from theory_claims import _beside

    _beside.find_modules()
