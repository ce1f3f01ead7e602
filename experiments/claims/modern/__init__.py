"""Claims of recent years: sentences that people cite, and argue about, now."""
