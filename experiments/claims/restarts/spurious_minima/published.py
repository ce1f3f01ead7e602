"""Published ends of runs, beside which restarts.spurious-minima puts its own: [D], counted in what authors released.

- Students of n = k: Safran, Yehudai & Shamir 2021 released all minima of 500 runs for each k, with how many runs ended
  in each. Steps of 5 / k until the norm of the gradient is 1e-12: as here.
- Students of n = k + 1: Safran & Shamir 2018 released the points above a loss of 0.001 where 1000 runs for each k
  ended, with how many runs ended in each. Steps of 0.1 until the gradient of every neuron is below 1.6e-10. A size is
  here if they released such a point of it; for n = k + 2 they released none.

The losses are those of the released points, by the closed form. Both sets have the same lowest loss for every k.
"""

from experiments.claims.restarts.spurious_minima.ends import Share

# Runs of 2021 for each k, and those that ended in a spurious minimum.
_RUNS_2021 = 500
_ENDS_2021 = {
    **{6: 0, 7: 27, 8: 57, 9: 111, 10: 160, 11: 237, 12: 269, 13: 335, 14: 352, 15: 390, 16: 436, 17: 451, 18: 448},
    **{19: 472, 20: 471, 25: 493, 30: 498, 37: 500, 50: 500},
}
# Runs of 2018 for each k with one spare unit, and those that ended in a spurious minimum.
_RUNS_2018 = 1000
_ENDS_2018 = {8: 1, 10: 1, 11: 1, 12: 3, 13: 15, 14: 55, 15: 102, 16: 180, 17: 233, 18: 369, 19: 491}

# Published runs that ended in a spurious minimum, by k and the number of spare units.
SHARES = {
    **{(k, 0): Share(ends, _RUNS_2021) for k, ends in _ENDS_2021.items()},
    **{(k, 1): Share(ends, _RUNS_2018) for k, ends in _ENDS_2018.items()},
}
# The lowest loss at a published spurious minimum with n = k, by k: that of the type (1, k - 1).
LOSSES = {
    **{7: 0.023203, 8: 0.021508, 9: 0.020014, 10: 0.018702, 11: 0.017547, 12: 0.016524, 13: 0.015613, 14: 0.014798},
    **{15: 0.014064, 16: 0.013400, 17: 0.012796, 18: 0.012245, 19: 0.011740, 20: 0.011276, 25: 0.009417, 30: 0.008089},
}
