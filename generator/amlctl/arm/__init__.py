"""The ARM template language: expressions, built-in functions and what a template comes to."""
