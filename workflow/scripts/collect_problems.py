"""Collects every flag and refusal, and writes where each number comes from."""

import dataclasses

from der22.units.jobs import finish, inputs_of, raw_config
from der22.units.problems import collect_problems
from der22.units.provenance import write_provenance

inputs = inputs_of(snakemake.params.config)
outdir = inputs.config.outdir
manifests = [*snakemake.input.units, *snakemake.input.cohort]
report = collect_problems(manifests, inputs.warnings, outdir)
provenance = write_provenance(inputs, raw_config(snakemake.params.config))
report = dataclasses.replace(report, files=report.files + provenance.files)
finish(report, inputs.config, snakemake.output.manifest, snakemake.log[0])
