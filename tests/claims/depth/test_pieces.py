"""The rules of depth.pieces on planted tables and a small real run."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import pieces
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def test_pieces_keep_their_bound_and_more_would_be_noticed():
    table = measured(pieces, pieces.Settings(width=[2, 3], layers=[1, 2, 3], draws=3))
    found = verdicts(pieces.judge(table))
    assert (found["bound"], found["attained"], found["narrow"]) == (SUPPORTED, SUPPORTED, SUPPORTED)
    assert verdicts(pieces.judge(table.assign(pieces=table["bound"] + 1)))["bound"] == CONTRADICTED
    many = verdicts(pieces.judge(table.assign(pieces=table["bound"])))
    assert many["random"] == CONTRADICTED
    assert many["narrow"] == CONTRADICTED
    fewer = table.assign(pieces=table["pieces"] - 1)
    assert verdicts(pieces.judge(fewer))["attained"] == INCONCLUSIVE
    # A narrow network says nothing about wide ones.
    assert "attained" not in verdicts(pieces.judge(table[table["network"] == "sawtooth"]))
    assert set(drawn(pieces, table)) == {"pieces-depth"}


@pytest.mark.parametrize(
    ("factor", "spread", "expected"),
    [
        (1.0, 0.0, SUPPORTED),
        (1.001, 0.0, CONTRADICTED),
        # Student's interval of 20 logarithms ±0.1 goes 0.048 to either side: t is 2.093 with 19 degrees of freedom.
        (np.exp(-0.0481), 0.1, SUPPORTED),
        (np.exp(-0.0479), 0.1, INCONCLUSIVE),
        (np.exp(0.0479), 0.1, INCONCLUSIVE),
        (np.exp(0.0481), 0.1, CONTRADICTED),
    ],
)
def test_random_networks_have_at_most_twice_as_many_pieces_as_neurons(factor, spread, expected):
    logarithms = spread * np.tile([-1.0, 1.0], 10)
    table = pd.DataFrame({"pieces": 48 * pieces.PER_NEURON * factor * np.exp(logarithms)})
    facts = {"network": pieces.RANDOM, "width": 8, "layers": 6, "neurons": 48.0, "bound": 9.0**6}
    assert verdicts(pieces.judge(table.assign(**facts)))["random"] == expected


def planted_pieces() -> pd.DataFrame:
    """Networks built and drawn, wide and narrow, of one to three layers; the wide ones attain the bound."""
    rows = [("sawtooth", 2, 1, 3), ("sawtooth", 2, 2, 8), ("folds", 3, 1, 4), ("folds", 3, 2, 16), ("folds", 5, 3, 216)]
    rows += [("folds", 3, 3, 60), (pieces.RANDOM, 2, 2, 5), (pieces.RANDOM, 5, 3, 10), (pieces.RANDOM, 3, 3, 4)]
    table = pd.DataFrame(rows, columns=["network", "width", "layers", "pieces"])
    return table.assign(bound=(table["width"] + 1.0) ** table["layers"], neurons=table["width"] * table["layers"])


def test_what_is_measured_of_pieces_are_shares_of_the_bound_and_the_largest_random_networks():
    table = planted_pieces()
    judged = pieces.judge(table)
    found = quantities(judged)
    assert found["bound"] == (1, 10 / 216, 1, 9)
    # Built networks of more than one layer and at least three units.
    assert found["attained"] == (1, 1, 1, 3)
    # Of more than one layer and fewer than three units, also random ones.
    assert found["narrow"] == (8 / 9, 5 / 9, 8 / 9, 2)
    assert found["random"][::3] == (pytest.approx(10 / 15), 1)
    assert list(verdicts(judged).values()) == [SUPPORTED, SUPPORTED, SUPPORTED, INCONCLUSIVE]
    # Every number of layers needs its network, and a narrow network with all pieces is one too many.
    assert verdicts(pieces.judge(table[table["width"] != 5]))["attained"] == INCONCLUSIVE
    for name, value, expected in (("narrow", 9, CONTRADICTED), ("bound", 10, CONTRADICTED), ("narrow", 8, SUPPORTED)):
        assert (
            verdicts(pieces.judge(table.assign(pieces=table["pieces"].mask(table.index == 1, value))))[name] == expected
        )
