"""The options of Pants that name directories: read by Pants itself, or from its configuration files without it."""
