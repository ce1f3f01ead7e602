"""Networks that are right on examples: a run checked by hand, and the rules on planted tables."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.generalisation import train_and_test as claim
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import random_generator
from tests.support import drawn, measured, units, verdicts
from theory import boolean
from theory.generalisation import tasks

SMALL = claim.Settings(n=[4], share=[0.5], activation=["tanh"], width=16, sets=2, steps=400)


def planted(family: str, errors: np.ndarray, learned: bool | np.ndarray = True, constant: float = 0.5) -> pd.DataFrame:
    facts = {"family": family, "n": 10, "share": 0.5, "activation": "tanh", "width": 8, "examples": 512, "restart": 0}
    table = pd.DataFrame({**facts, "set": range(len(errors)), "rest_error": errors})
    return table.assign(constant_error=constant, learned=learned)


def test_rows_are_what_the_networks_themselves_answer(monkeypatch):
    """Everything once more in plain numpy, from the networks that were trained."""
    outcomes, train = [], claim._networks.train

    def remembering(*arguments, **named):
        outcomes.append(train(*arguments, **named))
        return outcomes[-1]

    monkeypatch.setattr(claim._networks, "train", remembering)
    (unit,) = units(claim, SMALL, seed=5)
    table = claim.measure(unit)
    assert len(outcomes) == 2
    assert len(table) == len(tasks.FAMILIES) * 2
    for number, outcome in enumerate(outcomes):
        rows = table[table["set"] == number]
        seen = tasks.examples(4, 0.5, random_generator(5, "examples", 4, 0.5, number))
        for i, row in enumerate(rows.to_dict("records")):
            (W, b), (v, c) = (tuple(np.asarray(part[i], float) for part in layer) for layer in outcome.network)
            answers = (np.tanh(boolean.signed_inputs(4) @ W + b) @ v + c)[:, 0] > 0
            truth = claim.truth_of(5, row["family"], 4, number) == 1
            rest = [j for j in range(16) if j not in set(seen.tolist())]
            assert row["rest_error"] == np.mean(answers[rest] != truth[rest])
            assert row["learned"] == bool((answers[seen] == truth[seen]).all())
            assert row["constant_error"] == min(truth[rest].mean(), 1 - truth[rest].mean())


def test_a_row_does_not_depend_on_its_company():
    every = measured(claim, SMALL)
    alone = measured(claim, claim.Settings(**{**vars(SMALL), "family": ["threshold"], "sets": 1}))
    mine = every[(every["family"] == "threshold") & (every["set"] == 0)].reset_index(drop=True)
    assert mine[["errors", "rest_error", "steps"]].equals(alone[["errors", "rest_error", "steps"]])


@pytest.mark.parametrize(
    ("ratio", "expected"), [(0.4, SUPPORTED), (0.499, INCONCLUSIVE), (0.501, INCONCLUSIVE), (0.6, CONTRADICTED)]
)
def test_doing_well_is_to_err_at_most_half_as_often_as_a_constant(ratio, expected):
    for constant in (0.5, 0.2):
        errors = constant * (ratio + 0.02 * np.tile([-1.0, 1.0], 10))
        table = planted("threshold", errors, constant=constant)
        assert verdicts(claim.judge(table))["threshold/0.5/tanh"] == expected
        # A tenth of the runs may have failed, no more.
        assert verdicts(claim.judge(planted("threshold", errors, np.arange(20) >= 2, constant)))
        failed = planted("threshold", errors, np.arange(20) >= 3, constant)
        assert verdicts(claim.judge(failed))["threshold/0.5/tanh"] == INCONCLUSIVE


@pytest.mark.parametrize(
    ("error", "expected"), [(0.5, SUPPORTED), (0.519, SUPPORTED), (0.53, INCONCLUSIVE), (0.545, CONTRADICTED)]
)
def test_random_labels_are_within_a_margin_of_chance(error, expected):
    table = planted("coin", error + 0.02 * np.tile([-1.0, 1.0], 10))
    found = verdicts(claim.judge(table))
    assert found["coin/0.5/tanh"] == expected
    assert found["random-labels-learned/tanh"] == INCONCLUSIVE
    many = pd.concat([table.assign(share=share) for share in (0.25, 0.5, 0.75)])
    assert verdicts(claim.judge(many))["random-labels-learned/tanh"] == SUPPORTED
    assert verdicts(claim.judge(many.assign(learned=many["set"] < 14)))["random-labels-learned/tanh"] == CONTRADICTED


def test_networks_that_failed_are_left_out_and_named():
    table = planted("threshold", np.where(np.arange(20) < 2, 1.0, 0.1), np.arange(20) >= 2)
    (found,) = claim.judge(table)
    assert found.measured == pytest.approx(0.2)
    assert "2 of 20 runs were not right" in found.notes


def test_a_rest_of_one_label_is_no_ratio():
    table = planted("threshold", np.full(20, 0.1)).assign(constant_error=np.where(np.arange(20) < 1, 0.0, 0.5))
    assert next(iter(claim.judge(table))).measured == pytest.approx(0.2)


def test_the_figure_has_a_point_for_every_setting():
    drawing = drawn(claim, measured(claim, SMALL))["rest-of-the-world"]
    assert set(drawing.numbers["family"]) == set(tasks.FAMILIES)
    assert "of coin" in drawing.title
