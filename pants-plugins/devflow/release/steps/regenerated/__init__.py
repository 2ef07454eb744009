"""Files that a release regenerates from what it commits: by targets, and by commands of the repository."""
