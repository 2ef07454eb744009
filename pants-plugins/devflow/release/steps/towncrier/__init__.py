"""The repository's own towncrier, of whatever version, in a sandbox (ADR 13)."""
