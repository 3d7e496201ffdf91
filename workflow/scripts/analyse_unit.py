"""Runs one unit of an analysis: an MLPA run, a sequencing run or a batch of qPCR plates."""

from der22.jobs.dispatch import run_job

params = snakemake.params
run_job(params.stage, snakemake.wildcards.unit, params.inputs, params.run, snakemake.log[0])
