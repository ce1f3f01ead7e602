"""Who competes: the harness, and what a researcher would otherwise write.

Each is a function of a workload and a number of networks that prepares everything (data, compilation, a first step) and
returns a function of a number of steps; that one trains and returns the network-steps it made. Peers make fewer steps
than the harness where they are slow: their rate does not depend on it. In workload 7 all train until solved.
"""

from collections.abc import Callable

import numpy as np

from benchmarks import torch_peers
from benchmarks.workloads import Workload

Run = Callable[[int], int]


def harness(workload: Workload, members: int) -> Run:
    """`train_ensemble`, as claims call it: draws weights, packs, trains, brings everything back."""
    import dataclasses

    from experiments.ensemble import devices

    devices.start("auto", "float32")
    from experiments.ensemble import Members, train_ensemble

    keys = np.random.default_rng(2).integers(0, 2**32, (members, 2), dtype=np.uint32)
    all_of_them = Members(keys, workload.targets(members), np.full(members, workload.learning_rate, np.float32))
    x = workload.points()

    def run(steps: int) -> int:
        program = dataclasses.replace(workload.program, steps=steps)
        outcome = train_ensemble(program, x, all_of_them)
        assert np.isfinite(outcome.loss).all()
        return int(outcome.steps.sum())

    run(2)
    return run


def harness_without_stopping(workload: Workload, members: int) -> Run:
    """The same networks with steps that move no weight, so that nobody is ever solved and leaves: what a step costs,
    judging included, where no place is ever empty.
    """
    import dataclasses

    return harness(dataclasses.replace(workload, learning_rate=1e-30), members)


def plain_vmap(workload: Workload, members: int) -> Run:
    """jit(vmap(train)) with optax, as tutorials have it: JAX as it comes, a batch axis in front."""
    import jax
    import jax.numpy as jnp

    trained = jax.jit(jax.vmap(_training_by_hand(workload), (0, 0, None)))
    keys, targets = jax.random.split(jax.random.key(0), members), jnp.asarray(workload.targets(members))

    def run(steps: int) -> int:
        return int(jax.block_until_ready(trained(keys, targets, steps))[0].sum())

    run(2)
    return run


def _training_by_hand(workload: Workload) -> Callable:
    """Trains one network: from its key, its targets and the most steps to the steps it made and its loss."""
    import jax
    import jax.numpy as jnp
    import optax

    program, loss = workload.program, _loss_by_hand(workload)
    optimizer = {"adam": optax.adam, "sgd": optax.sgd}[program.optimizer](workload.learning_rate)

    def initial(key: jax.Array) -> list[tuple[jax.Array, jax.Array]]:
        keys = jax.random.split(key, len(program.sizes) - 1)
        return [
            (jax.random.normal(k, (a, b)) / jnp.sqrt(a), jnp.zeros(b))
            for k, a, b in zip(keys, program.sizes, program.sizes[1:], strict=False)
        ]

    def train(key: jax.Array, y: jax.Array, steps: jax.Array) -> tuple[jax.Array, jax.Array]:
        θ = initial(key)

        def unfinished(state: tuple) -> jax.Array:
            return (state[2] < steps) & ~(state[3] & program.stop_when_solved)

        def step(state: tuple) -> tuple:
            θ, memory, t, _ = state
            gradient, z = jax.grad(loss, has_aux=True)(θ, y)
            change, memory = optimizer.update(gradient, memory)
            return optax.apply_updates(θ, change), memory, t + 1, jnp.all(y * z > 0)

        θ, _, t, _ = jax.lax.while_loop(unfinished, step, (θ, optimizer.init(θ), jnp.array(0), jnp.array(False)))
        return t, loss(θ, y)[0]

    return train


def _loss_by_hand(workload: Workload) -> Callable:
    """The loss of one network, and its outputs, on the points of the workload."""
    import jax
    import jax.numpy as jnp

    program, x = workload.program, jnp.asarray(workload.points())
    σ = {"tanh": jnp.tanh, "logistic": jax.nn.sigmoid}[program.activation]

    def outputs(θ: list[tuple[jax.Array, jax.Array]]) -> jax.Array:
        z = x
        for W, b in θ[:-1]:
            z = σ(z @ W + b)
        z = (z @ θ[-1][0] + θ[-1][1])[:, 0]
        return jax.nn.sigmoid(z) if program.output == "logistic" else z

    def loss(θ: list[tuple[jax.Array, jax.Array]], y: jax.Array) -> tuple[jax.Array, jax.Array]:
        z = outputs(θ)
        value = jnp.mean((y - z) ** 2) if program.loss == "squared" else jnp.mean(jax.nn.softplus(-y * z))
        return value, z

    return loss


def scikit_learn(workload: Workload, members: int) -> Run:
    """`MLPClassifier` or `MLPRegressor` with full batches, one network at a time; it has no other losses."""
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.simplefilter("ignore")
    program, x, y = workload.program, workload.points(), workload.targets(1)[0]
    kind = MLPRegressor if program.loss == "squared" else MLPClassifier

    def run(steps: int) -> int:
        for seed in range(members):
            model = kind(
                hidden_layer_sizes=program.sizes[1:-1],
                activation=program.activation,
                solver=program.optimizer,
                learning_rate_init=workload.learning_rate,
                batch_size=len(x),
                alpha=0.0,
                shuffle=False,
                max_iter=steps,
                tol=0.0,
                n_iter_no_change=steps + 1,
                random_state=seed,
            )
            model.fit(x, y)
        return steps * members

    run(2)
    return run


CONTENDERS: dict[str, Callable[[Workload, int], Run]] = {
    "harness": harness,
    "harness, all steps": harness_without_stopping,
    "plain vmap": plain_vmap,
    "PyTorch batched": torch_peers.batched,
    "PyTorch CUDA graph": torch_peers.cuda_graph,
    "PyTorch loop": torch_peers.loop,
    "scikit-learn": scikit_learn,
}

ON_JAX = ("harness", "harness, all steps", "plain vmap")


def takes_part(contender: str, workload: Workload, platform: str) -> bool:
    """Whether a contender can train a workload on a platform: cpu, gpu or tpu.

    scikit-learn has no logistic output with squared loss and cannot stop when a network is solved; a CUDA graph cannot
    stop either. What trains one network at a time is left out on an accelerator: it would measure launches of kernels.
    """
    stops = workload.program.stop_when_solved
    if contender == "harness, all steps":
        return stops
    if contender == "PyTorch CUDA graph":
        return platform == "gpu" and not stops
    if contender == "scikit-learn":
        return platform == "cpu" and not stops and workload.program.output != "logistic"
    return contender != "PyTorch loop" or platform == "cpu"
