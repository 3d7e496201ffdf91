"""Copy number by MLPA: dye channels in, IKZF1 class out."""
