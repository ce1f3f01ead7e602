"""A network of full layers on the host: the pair (W, b) of each layer, in any number format of numpy.

Where networks are trained they have the type `network.Network` instead, with arrays of a device.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

# Shapes of a pair: (inputs, outputs) and (outputs,). They differ from layer to layer.
Layers = Sequence[tuple[Shaped[np.ndarray, "_ _"], Shaped[np.ndarray, " _"]]]
