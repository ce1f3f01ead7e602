"""What the post and the textbook say of boolean functions {0,1}^n -> {0,1}."""
