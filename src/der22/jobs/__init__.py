"""What one job does: open files, call an analysis, write tables."""
