"""From evidence to rows, a verdict per codon and one status per sample."""
