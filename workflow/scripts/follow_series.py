"""Joins the MRD levels of all plates and follows every patient over time."""

from der22.units.jobs import finish, inputs_of
from der22.units.mrd import collect_series

inputs = inputs_of(snakemake.params.config, stages=("mrd",))
config = inputs.config
report = collect_series(
    inputs.plates, inputs.mrd, inputs.patients, config.mrd.settings, config.outdir
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
