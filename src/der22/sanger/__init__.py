"""ABL1 kinase domain by Sanger sequencing: traces in, named variants with fractions out."""
