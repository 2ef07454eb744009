"""Files that a release makes again from what it commits: by targets, and by commands of the repository."""
