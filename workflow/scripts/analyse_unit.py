"""Runs one unit of an analysis: an MLPA run, a sequencing run or a batch of qPCR plates."""

from der22.units.jobs import finish, read_config_parameter, run_unit

config = read_config_parameter(snakemake.params.config)
report = run_unit(snakemake.params.stage, config, snakemake.params.rows)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
