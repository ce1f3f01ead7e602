"""A network of full layers: the pair (W, b) of each layer, in any number format of numpy, or traced by JAX.

Where networks are trained they have the type `network.Network` instead, with arrays of a device.
"""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Shaped

# Shapes of a pair: (inputs, outputs) and (outputs,). They differ from layer to layer.
Layers = Sequence[tuple[Shaped[Any, "_ _"], Shaped[Any, " _"]]]
# Networks of one shape side by side.
Stacked = Sequence[tuple[Shaped[Any, "networks _ _"], Shaped[Any, "networks 1 _"]]]
