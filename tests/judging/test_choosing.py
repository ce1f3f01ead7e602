"""What is chosen: most solved first, then the error."""

import pandas as pd

from experiments.judging import choosing


def test_most_solved_counts_first_and_then_the_error():
    table = pd.DataFrame({"learning_rate": [0.1, 0.1, 0.2, 0.2], "solved": [True, False, True, False], "n": 1})
    table["loss"] = [0.0, 0.5, 0.0, 0.1]
    assert choosing.most_solved(table, ["n"], "loss").tolist() == [(1, 0.2)]
    table.loc[1, "solved"] = True
    assert choosing.most_solved(table, ["n"], "loss").tolist() == [(1, 0.1)]
