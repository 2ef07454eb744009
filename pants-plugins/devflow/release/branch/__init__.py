"""The goal `release-branch`: a branch for the present series, and the first commit of the next one."""
