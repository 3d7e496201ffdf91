"""Writes the index page that finds a patient."""

from der22.units.jobs import finish, inputs_of
from der22.units.report import write_index

inputs = inputs_of(snakemake.params.config, stages=("mlpa",))
report = write_index(
    list(inputs.patients.values()), inputs.labels, inputs.config.outdir, inputs.probemix_status
)
finish(report, inputs.config, snakemake.output.manifest, snakemake.log[0])
