"""What the plain commands share: programs for when Pants does not start, on the standard library alone."""
