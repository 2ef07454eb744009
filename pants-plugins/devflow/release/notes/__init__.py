"""`--notes`: the section of one version, as the text of a release page."""
