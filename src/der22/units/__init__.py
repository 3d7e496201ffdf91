"""Work units: what one job does, from paths to tables."""
