"""Attempts of people who mean harm, one test each: docs/attacks.md. May not live here: what a page does for its users."""
