"""What is removed of a location: the request, the guards that no request overrides, what is there, what is kept."""
