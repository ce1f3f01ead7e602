"""The way of a run: compose, plan, execute, conclude."""
