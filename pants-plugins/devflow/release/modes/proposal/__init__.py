"""`--branch`: a release commit on a new branch, for a pull request. HEAD's branch and the worktree stay as they are."""
