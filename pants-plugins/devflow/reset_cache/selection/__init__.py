"""Select what to remove of a location: the request, the guards that no request overrides, the survey, the pruning."""
