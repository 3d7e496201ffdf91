"""Collects every flag and refusal, and writes where each number comes from."""

from der22.jobs.joins import run_join

run_join("report/problems", snakemake.params.inputs, snakemake.params.run, snakemake.log[0])
