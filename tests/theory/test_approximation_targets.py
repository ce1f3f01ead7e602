"""Targets and their norms against Monte Carlo and quadrature, and fits of an output layer against other ways."""

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from theory.approximation import targets


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_norm_of_the_gaussian_is_the_integral_over_its_transform(d):
    factor = targets.gaussian(d, np.random.default_rng(0)).factor
    assert factor is not None
    target = targets.gaussian(d, np.random.default_rng(0))

    def transform(ω: float) -> float:
        # Of the factor in one coordinate, which is even and vanishes beyond 12 of its widths.
        integrand = lambda t: float(factor(np.array(t)))  # noqa: E731
        return scipy.integrate.quad(integrand, 0, 6 * np.sqrt(d), weight="cos", wvar=ω)[0] / np.pi

    mass, mean = (
        2 * scipy.integrate.quad(lambda ω, power=power: ω**power * abs(transform(ω)), 0, 20 / np.sqrt(d))[0]
        for power in (0, 1)
    )
    # |ω|_1 is a sum over coordinates, and F a product.
    assert target.norm == pytest.approx(d * mean * mass ** (d - 1), rel=1e-5)


def test_the_norm_of_the_ridges_is_the_integral_over_their_transform():
    # Seen through a wide Gaussian window the lines of the transform are narrow peaks, here of a width of 1 / 16.
    target, spacing, points = targets.ridges(2, np.random.default_rng(1)), 0.25, 512
    axis = spacing * (np.arange(points) - points // 2)
    x = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    windowed = target.value(x.reshape(-1, 2)).reshape(points, points) * np.exp(-np.sum((x / 16) ** 2, axis=-1) / 2)
    step = 2 * np.pi / (points * spacing)
    transform = np.abs(np.fft.fft2(windowed)) * (spacing / (2 * np.pi)) ** 2
    ω = np.abs(2 * np.pi * np.fft.fftfreq(points, spacing))
    assert target.norm == pytest.approx(np.sum((ω[:, None] + ω) * transform) * step**2, rel=0.01)


@pytest.mark.parametrize("family", ["ridges", "gaussian", "pyramids"])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_means_and_mean_squares_are_those_of_many_points(family, d):
    target = targets.FAMILIES[family](d, np.random.default_rng(2))
    y = target.value(np.random.default_rng(3).uniform(-1, 1, (400_000, d)))
    for exact, values in ((target.mean, y), (target.mean_square, y**2)):
        assert exact == pytest.approx(values.mean(), abs=4.5 * values.std() / np.sqrt(len(y)))
    assert target.deviation == pytest.approx(y.std(), rel=0.01)
    assert np.abs(y).max() <= target.largest


def test_what_is_known_of_a_target_in_another_form_is_the_target():
    x = targets.points_of_cube(4, 50, np.random.default_rng(4))
    gaussian, ridges = (targets.FAMILIES[name](4, np.random.default_rng(5)) for name in ("gaussian", "ridges"))
    assert gaussian.factor is not None
    assert ridges.cosines is not None
    np.testing.assert_allclose(gaussian.factor(x).prod(1), gaussian.value(x))
    np.testing.assert_allclose(ridges.cosines.of(x), ridges.value(x))
    assert np.isnan(targets.cusp(4, np.random.default_rng(6)).deviation)


@pytest.mark.parametrize("family", ["ridges", "gaussian"])
@pytest.mark.parametrize("d", [1, 3])
def test_the_transform_gives_the_target_back(family, d):
    # f(x) = ∫ Re(exp(i <ω, x>) F(dω)) with draws from |ω|_1 |F| / C, which are weighted by C / |ω|_1.
    rng = np.random.default_rng(1)
    target = targets.FAMILIES[family](d, rng)
    assert target.frequencies is not None
    ω = target.frequencies(200_000, rng)
    weights = target.norm / np.abs(ω).sum(1)
    x = targets.points_of_cube(d, 5, rng)
    if family == "gaussian":
        draws = weights * np.cos(x @ ω.T)
        # Some ω are near 0 and weigh much: in one dimension the weights have no variance, so the tolerance is wide.
        np.testing.assert_allclose(draws.mean(1), target.value(x), atol=0.05)
    else:
        assert weights.mean() == pytest.approx(3.0, rel=0.01)


def test_ridges_vary_along_three_directions_only():
    d = 6
    target = targets.ridges(d, np.random.default_rng(2))
    assert target.frequencies is not None
    ω = np.unique(target.frequencies(1000, np.random.default_rng(3)), axis=0)
    assert sorted(np.linalg.norm(ω, axis=1)) == pytest.approx(targets.RIDGE_LENGTHS)
    assert target.norm == pytest.approx(np.abs(ω).sum())
    across = np.linalg.svd(ω)[2][3:]
    x = targets.points_of_cube(d, 10, np.random.default_rng(4))
    np.testing.assert_allclose(target.value(x + 0.3 * across.sum(0)), target.value(x), atol=1e-12)


@given(family=st.sampled_from(list(targets.FAMILIES)), d=st.integers(1, 6), seed=st.integers(0, 2**32))
def test_moduli_of_continuity_hold(family, d, seed):
    rng = np.random.default_rng(seed)
    target = targets.FAMILIES[family](d, rng)
    x = targets.points_of_cube(d, 300, rng)
    y = np.clip(x + rng.normal(size=x.shape) * 10 ** rng.uniform(-3, 0, (300, 1)), -1, 1)
    differences = np.abs(target.value(x) - target.value(y))
    allowed = np.array([target.modulus(distance) for distance in np.linalg.norm(x - y, axis=1).tolist()])
    assert (differences <= allowed + 1e-12).all()


@pytest.mark.parametrize("d", [1, 2, 4])
def test_the_lipschitz_constants_of_gaussian_and_pyramids_are_the_least(d):
    rng = np.random.default_rng(5)
    step = np.zeros(d)
    step[0] = 1e-6
    for target, at in ((targets.gaussian(d, rng), np.zeros(d)), (targets.pyramids(d, rng), np.full(d, 0.5))):
        at[0] = np.sqrt(d) / 2 if target.norm == target.norm else 0.3
        slope = np.diff(target.value(np.stack([at, at + step])))[0] / 1e-6
        assert abs(slope) == pytest.approx(target.steepness, rel=1e-4)


@pytest.mark.parametrize("d", [1, 3])
def test_the_cusp_is_as_steep_as_its_modulus_says(d):
    target = targets.cusp(d, np.random.default_rng(0))
    rise = target.value(np.full((1, d), 1e-8))[0] - target.value(np.zeros((1, d)))[0]
    assert rise == pytest.approx(target.modulus(1e-8 * np.sqrt(d)))


def test_every_orthant_holds_a_pyramid_of_its_own_sign():
    d, rng = 4, np.random.default_rng(6)
    corners = np.array(np.meshgrid(*[[-0.5, 0.5]] * d)).reshape(d, -1).T
    tops = np.array([targets.pyramids(d, rng).value(corners) for _ in range(200)])
    assert set(np.unique(tops)) == {-1.0, 1.0}
    # Signs are independent and fair: means over 200 draws have a standard error of 0.07.
    assert np.abs(tops.mean(0)).max() < 0.3
    borders = corners.copy()
    borders[:, 1] = rng.choice([-1.0, 0.0, 1.0], len(borders))
    assert (targets.pyramids(d, rng).value(borders) == 0).all()


def test_barrons_bound():
    assert targets.barron_bound(np.array([3.0]), np.array([4, 16])).tolist() == [3.0, 1.5]
