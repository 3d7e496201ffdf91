"""Gives every patient with MLPA an IKZF1 class."""

from der22.units.jobs import finish, inputs_of
from der22.units.mlpa import collect_ikzf1

inputs = inputs_of(snakemake.params.config, stages=("mlpa",))
config = inputs.config
report = collect_ikzf1(
    inputs.mlpa, inputs.patients, config.mlpa.settings, config.ikzf1plus_definition, config.outdir
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
