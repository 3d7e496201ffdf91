"""Joins the analyses: one row per patient, and the tables of the cohort."""

from der22.jobs.joins import run_join

run_join("cohort/tables", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
