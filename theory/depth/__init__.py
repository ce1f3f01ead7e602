"""Deep against shallow: what depth saves, exactly, and what training makes of it."""
