"""All reads of a sample: copies, contradictions, both strands over each other, limits in force."""
