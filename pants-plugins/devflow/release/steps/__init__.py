"""The parts of a release: the union by which a backend joins, and the steps that come with devflow."""
