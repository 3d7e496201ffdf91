"""Minimal residual disease by RQ-PCR: wells in, category and series out."""
