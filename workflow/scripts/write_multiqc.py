"""Writes the MultiQC report of the run."""

from der22.units.jobs import finish, inputs_of
from der22.units.report import write_multiqc

inputs = inputs_of(snakemake.params.config, stages=("mlpa",))
report = write_multiqc(
    inputs.config.outdir,
    inputs.labels,
    inputs.probemix_status,
    probe_order=inputs.probe_order,
)
finish(report, inputs.config, snakemake.output.manifest, snakemake.log[0])
