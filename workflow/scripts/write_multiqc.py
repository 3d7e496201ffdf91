"""Writes the MultiQC report of the run."""

from der22.jobs.joins import run_join

run_join("report/multiqc", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
