"""File formats: file <-> typed record, no biology."""
