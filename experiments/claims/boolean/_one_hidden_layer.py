"""What claims about least widths share: the networks whose hidden units are counted."""

NETWORKS = {
    "hidden_layers": 1,
    "activation": "threshold",
    "bias": True,
    "output": "threshold of the hidden units only",
    "weights": "real",
}
# Each function may have a network of its own.
EACH_FUNCTION = NETWORKS | {"quantifier": "each function with weights and width of its own"}
