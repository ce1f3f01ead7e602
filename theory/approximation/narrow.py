"""A rectifier network no wider than its input cannot approximate a bowl; one unit more suffices, layer after layer.

The target is f(x) = Σ (x_i - ½)² on the ball of radius R = ½ about c = (½, ..., ½): f(c) = 0, and f = ¼ on the sphere.

*No wider than d.* Published: whatever the depth, the largest error is at least 1/16, and the constant 1/8, which errs
by 1/8, is the best network known (Dommel & Wegner, arXiv 2510.07202, known here from summaries; it follows Hanin &
Sellke, arXiv 1710.11278). Proved here: it is at least 1/8, so no such network beats the constant. Let N be a network
of hidden layers of at most d rectifiers each, with biases and a linear output.

1. From every point x at which some unit does not fire (a <= 0) an unbounded path leads away, along which N is constant.
   Let j be the first layer with such a unit. Where all units of the layers below fire, the pre-activations of layer j
   are affine functions of x, at most d of them. Those of the other units of layer j, at most d - 1, have a common
   direction along which none of them changes; take the sense in which this unit's does not rise. That way the outputs
   of layer j stay the same, and so does N, for ever or until a unit below stops firing. There a <= 0 in an earlier
   layer, so the same step is repeated from there, and at most j - 1 times, for below the first layer there is nothing.
2. N(c) is at least the least N on the sphere. If some unit does not fire at c, by 1: the path meets the sphere. Else
   the points where all units fire are an open convex set about c on which N is affine, because each layer cuts it by
   half-spaces. On a line through c go both ways, to the sphere, or to the edge of this set and from there to the sphere
   by 1: N(c) lies between the two values that N has at the ends of the segment, and both are values on the sphere.
3. If N errs by E at most, then N(c) <= E and N >= ¼ - E on the sphere, so E >= 1/8.

*Width d + 1.* Hanin (arXiv 1708.02691): a maximum of affine A_1, ..., A_N takes N - 1 hidden layers of d + 1 units, for
d of them carry x >= 0 and the last one is u_k = [A_k + u_{k-1} - A_{k+1}]₊, so that the maximum of the first k + 1 is
A_{k+1} + u_k. With the tangents of f at points p_k, f less their maximum is min_k |x - p_k|²; raised by half of its
largest value ρ², it errs by exactly ρ² / 2, where ρ is the radius at which balls about the p_k cover the ball.
"""

import numpy as np
from jaxtyping import Float

RADIUS = 0.5
PUBLISHED_FLOOR = 1 / 16
FLOOR = 1 / 8
LARGEST_GRID = 3


def bowl(x: Float[np.ndarray, "*points d"]) -> Float[np.ndarray, "*points"]:
    """f(x) = Σ (x_i - ½)²."""
    return np.sum((x - 0.5) ** 2, axis=-1)


def points_of_ball(d: int, count: int, rng: np.random.Generator) -> Float[np.ndarray, "points d"]:
    """The centre, then random points: half of them uniform in the ball, half on the sphere."""
    directions = rng.normal(size=(count - 1, d))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii = np.where(np.arange(count - 1) % 2, 1.0, rng.random(count - 1) ** (1 / d))
    return 0.5 + RADIUS * np.concatenate([np.zeros((1, d)), directions * radii[:, None]])


def into_ball(x: Float[np.ndarray, "*points d"]) -> Float[np.ndarray, "*points d"]:
    """The nearest points of the ball."""
    length = np.linalg.norm(x - 0.5, axis=-1, keepdims=True)
    return 0.5 + (x - 0.5) * np.minimum(1.0, RADIUS / np.maximum(length, RADIUS / 2))


def grid_of_ball(d: int, spacing: float) -> Float[np.ndarray, "points d"]:
    """Points such that none of the ball is farther than spacing · √d / 2 from one of them."""
    # Of a cell that the ball only cuts, the grid point may lie outside: it is moved in, which moves it nearer.
    count = int(np.ceil(2 * RADIUS / spacing)) + 1
    axis = np.linspace(0.5 - RADIUS, 0.5 + RADIUS, count)
    grid = np.stack(np.meshgrid(*[axis] * d, indexing="ij"), axis=-1).reshape(-1, d)
    near = np.linalg.norm(grid - 0.5, axis=1) <= RADIUS + spacing * np.sqrt(d) / 2
    return into_ball(grid[near])


def cross(d: int) -> Float[np.ndarray, "_ d"]:
    """The 2d points c ± R e_i / √d; for d >= 2 balls about them of radius R √(1 - 1/d) cover the ball.

    At distance t from c some |x_i - ½| is at least t / √d, so the squared distance to the nearest of them is at most
    t² - 2 t R / d + R² / d: convex in t, so largest at an end, R² / d or R² (1 - 1 / d).
    """
    return 0.5 + RADIUS / np.sqrt(d) * np.concatenate([np.eye(d), -np.eye(d)])


def centres(d: int, count: int, rng: np.random.Generator, sweeps: int = 60) -> Float[np.ndarray, "count d"]:
    """Points about which small balls cover the ball: each moves to the middle of the points nearest to it, in turn.

    Farthest points first; then each is replaced by the centre of the smallest ball around its points, which Bădoiu &
    Clarkson (2003) find by stepping towards the farthest of them, 1/(i+1) of the way.
    """
    sample = points_of_ball(d, 4000, rng)
    chosen = sample[:1]
    for _ in range(count - 1):
        chosen = np.concatenate([chosen, sample[[np.argmax(_squared_distances(sample, chosen).min(1))]]])
    best, least = chosen, np.inf
    for _ in range(sweeps):
        distances = _squared_distances(sample, chosen)
        if distances.min(1).max() < least:
            best, least = chosen, distances.min(1).max()
        nearest = distances.argmin(1)
        chosen = np.stack([_middle(sample[nearest == k], chosen[k]) for k in range(count)])
    return best


def _middle(points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    for i in range(1, 40) if len(points) else ():
        farthest = points[np.argmax(np.sum((points - centre) ** 2, axis=1))]
        centre = centre + (farthest - centre) / (i + 1)
    return centre


def _squared_distances(x: np.ndarray, centres_: np.ndarray) -> Float[np.ndarray, "points centres"]:
    return np.sum((x[:, None] - centres_) ** 2, axis=-1)


def covering_radius(centres_: Float[np.ndarray, "count d"], spacing: float = 0.01) -> float:
    """At most so large must balls about these points be to cover the ball: largest distance on a grid, and its mesh.

    Raises:
        ValueError: if the dimension is too large for a grid.
    """
    d = centres_.shape[1]
    if d > LARGEST_GRID:
        raise ValueError(f"no grid in {d} dimensions; at most {LARGEST_GRID}")
    farthest = max(
        _squared_distances(part, centres_).min(1).max() for part in np.array_split(grid_of_ball(d, spacing), 50)
    )
    return float(np.sqrt(farthest) + spacing * np.sqrt(d) / 2)
