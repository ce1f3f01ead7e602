"""Your own network on your own task: how often training succeeds, where it ends otherwise, and what it finds."""
