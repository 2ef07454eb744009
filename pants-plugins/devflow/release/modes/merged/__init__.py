"""`--tag-merged`: find the commit by which a release was merged, and tag it."""
