"""Claims on what a network is and how the derivative of its loss is found, chapters I and III of the post."""
