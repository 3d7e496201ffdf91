"""Runs one unit of an analysis: an MLPA run, a sequencing run or a batch of qPCR plates."""

from der22.units.jobs import finish, read_config_parameter, run_unit
from der22.units.staleness import unit_digest

params = snakemake.params
config = read_config_parameter(params.config)
report = run_unit(params.stage, config, params.rows)
made_of = unit_digest(params.stage, params.config, params.rows, params.code)
finish(report, config, snakemake.output.manifest, snakemake.log[0], made_of)
