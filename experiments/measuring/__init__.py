"""What claims of a family measure with: networks trained again and again, students of a teacher, searches."""
