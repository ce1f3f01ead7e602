"""The harness: from a configuration to a table, verdicts and figures."""
