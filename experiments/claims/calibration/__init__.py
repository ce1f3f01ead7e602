"""The rules of verdicts on trial themselves: planted truths and planted falsehoods go through them, many times."""
