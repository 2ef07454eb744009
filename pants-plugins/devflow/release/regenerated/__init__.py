"""Files that a release makes anew from what it commits: by targets, and by commands of the repository."""
