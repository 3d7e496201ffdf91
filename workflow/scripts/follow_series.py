"""Joins the MRD levels of all plates and follows every patient over time."""

from der22.jobs.joins import run_join

run_join("cohort/series", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
