"""From raw dye channels to sized peaks: baseline, peaks, size standard, sizes."""
