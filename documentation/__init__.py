"""The site: pages that people write are in docs/, the others are made here from the code and the kept runs."""
