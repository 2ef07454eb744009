"""What a run of `release` does, by its options: a release, a draft, a page of notes, a branch to propose, a tag."""
