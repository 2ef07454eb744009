"""What git says about a repository: facts, and the check of each. Nothing here changes the repository."""
