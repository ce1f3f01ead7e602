"""Speed beside the alternatives, on one machine, interleaved."""
