"""Pages of the manual that the code itself prints."""
