"""boolean.seven-bits: functions of seven bits, drawn from all, need five or six hidden threshold units.

No formula decides six bits and more in general. For seven, a solver still excludes all networks of four units, and a
network of six is found by descent on soft threshold units, see theory/boolean/softened.py: where a solver finds one of
seven or eight after a minute, if at all, descent needs seconds for one of six. What was found is kept beside this file
in integers, and every network is evaluated on all inputs before it counts. With `search=true` all are sought again.

The functions are the same in every run, whatever its seed: they were drawn once, without looking at them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.boolean._one_hidden_layer import drawn, in_digits, of_few_bits
from experiments.claims.boolean.seven_bits import networks
from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.ensemble.host import on_all_cores
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.verdict import Verdict
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean import least_width

KEYS = ("function",)
# Networks of up to this number of units are excluded, gate by gate. With five units the solver does not end.
EXCLUDED = 4
# Networks of this number of units are sought: one fewer than parity of seven bits needs, as far as is known.
SOUGHT = networks.N - 1

DRAWN = drawn("ours: networks in integers, found by descent; fewer units excluded by satisfiability")
FEW_BITS = of_few_bits(DRAWN)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Functions; of how many of them networks of four units are excluded; and whether networks are sought again.

    A function whose network is not kept is sought in any case, with up to `restarts` networks.
    """

    functions: int = setting(32, low=1, high=1_000_000, counts="function")
    excluded: int = setting(6, low=1, high=1_000_000)
    search: bool = setting(False)
    restarts: int = setting(20_000, low=1, high=100_000_000, follows="restarts")


SMOKE = {
    "functions": 4,
    "excluded": 1,
}
FULL = {
    "functions": 100,
    "excluded": 100,
    "search": True,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per function: its truth table, both bounds of its least number of units, and its network."""
    functions, settings = unit.cells["function"].tolist(), unit.settings
    known = {} if settings.search else networks.kept()
    missing = [function for function in functions if function not in known]
    known = known | (networks.sought(missing, SOUGHT, settings.restarts) if missing else {})

    def row(function: int) -> dict[str, object]:
        truth, network = networks.drawn(function), known.get(function)
        none_of_few = function < settings.excluded and least_width.is_excluded(truth, EXCLUDED)
        return {
            "truth": in_digits(truth),
            "lower": EXCLUDED + 1.0 if none_of_few else np.nan,
            "upper": float(network.gate.units) if network else np.nan,
            "network": str(network or ""),
        }

    return unit.cells.reset_index(drop=True).assign(**pd.DataFrame(on_all_cores(row, functions)))


def work(unit: Unit) -> Work:
    """Some seconds for a function of which networks are excluded, and as many for one whose network is sought."""
    settings, functions = unit.settings, unit.cells["function"]
    sought = len(functions) if settings.search else int((~functions.isin(list(networks.kept()))).sum())
    return Work(0, 1e10 * int((functions < settings.excluded).sum()) + 2e10 * sought)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """What holds for every function drawn."""
    table = table.sort_values("function", kind="stable")
    return [_fewer_than_parity(table), _more_than_the_bound(table)]


def _fewer_than_parity(table: pd.DataFrame) -> Verdict:
    n, found = networks.N, table["upper"].dropna()
    below = int((found < n).sum())
    return FEW_BITS.verdict(
        "fewer-than-parity",
        "Every function of seven bits that was drawn has a network of fewer hidden units than n, which suffice for "
        "parity.",
        Measured.exactly(below / len(table), len(table), how="Of the functions the share with such a network."),
        Rule(
            "Supported if every function has a network, in integers, that is right for all inputs; else inconclusive: "
            "what was not found may exist.",
            lambda m: decide(m.value == 1, False),
        ),
        finding=f"{below} of {len(table)} functions drawn of {n} bits have a network of fewer than {n} hidden units.",
        prediction=f"share of functions with fewer than {n} units = 1",
        n=n,
    )


def _more_than_the_bound(table: pd.DataFrame) -> Verdict:
    n, bound = networks.N, boolean.counting_bound(networks.N)
    tried = table[table["lower"].notna()]
    fewer = bool((table["upper"] <= bound).any())
    return DRAWN.verdict(
        "more-than-the-bound",
        "No function of seven bits that was drawn has a network of as few hidden units as counting asks of the worst.",
        Measured.exactly(
            float(tried["lower"].min()) if len(tried) else np.nan,
            len(tried),
            how="The number of units of which no network exists, and one more: the least over the functions decided.",
        ),
        Rule(
            "Supported if a solver excludes all networks of so few units for every function that it was asked about; "
            "contradicted if a function has one; else inconclusive.",
            lambda m: decide(m.value > bound and not fewer, fewer),
        ),
        finding=f"{len(tried)} functions drawn of {n} bits need {{measured}} hidden units or more, where counting says "
        f"that the worst function needs {bound} or more.",
        prediction=f"least number of units > {bound}",
        n=n,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """For each number of units, for how many functions a network is excluded, found, or neither."""
    n = networks.N
    tried = table[table["lower"].notna()]
    units = np.arange(1, n + 2)
    excluded = np.array([(tried["lower"] > k).mean() if len(tried) else 0.0 for k in units])
    found = np.array([(table["upper"] <= k).mean() for k in units])
    numbers = pd.DataFrame({"units": units, "excluded": excluded, "found": found, "open": 1 - excluded - found})
    figure = new_figure(6.4, 3.4)
    (axes,) = figure.axes
    bottom = np.zeros(len(units))
    for name, colour in (("excluded", COLOURS[1]), ("open", "0.85"), ("found", COLOURS[0])):
        axes.bar(units, numbers[name], bottom=bottom, color=colour, label=name)
        bottom += numbers[name].to_numpy()
    bound = boolean.counting_bound(n)
    axes.axvline(bound - 0.5, linestyle="--", color=COLOURS[2], label=f"counting: the worst needs {bound} or more")
    axes.set_xticks(units)
    axes.set_xlabel("hidden threshold units")
    axes.set_ylabel("share of functions")
    axes.set_ylim(0, 1)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=4)
    least, most = (tried["lower"].min() if len(tried) else 1), table["upper"].max()
    title = (
        f"Functions drawn of {n} bits need {least:.0f} to {most:.0f} hidden units; the construction has {2 ** (n - 1)}"
    )
    caption = (
        f"{len(table)} functions, of {len(tried)} of which networks of {EXCLUDED} units are excluded. "
        "Found: a network in integers that is right for all inputs."
    )
    return {"seven-bits": Drawing(figure, numbers, title, caption)}
