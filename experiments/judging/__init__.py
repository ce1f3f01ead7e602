"""From a measured quantity to a verdict: rules, statistics, p-values, and the tables that put rules on trial."""
