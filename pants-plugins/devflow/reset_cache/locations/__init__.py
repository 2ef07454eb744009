"""Where caches are: the locations of Pants, of this project, and of other backends, by a union."""
