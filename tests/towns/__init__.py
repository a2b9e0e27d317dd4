"""Small worlds of the tests, worked out by hand: each says its figures in its first lines. May not live here: tests."""
