"""Ends the run with exit status 1 when problems.tsv lists an error."""

from der22.jobs.joins import run_join

run_join("report/verdict", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
