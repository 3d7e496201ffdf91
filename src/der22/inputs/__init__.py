"""Config and sheets: read, checked all at once, typed."""
