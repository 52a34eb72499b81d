"""What generate_types.py is made of: read the package's program, turn type files into nodes, add the overlay, pack."""
