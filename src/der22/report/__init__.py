"""Words and pictures, no new numbers."""
