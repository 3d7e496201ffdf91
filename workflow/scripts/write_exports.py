"""Writes the workbook, the parquet table, the cBioPortal study and the REDCap import."""

from der22.jobs.joins import run_join

run_join("cohort/exports", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
