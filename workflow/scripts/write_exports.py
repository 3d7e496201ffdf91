"""Writes the workbook, the parquet table, the cBioPortal study and the REDCap import."""

from der22.units.exports import write_exports
from der22.units.jobs import finish, inputs_of
from der22.units.provenance import settings_in_force

inputs = inputs_of(snakemake.params.config)
config = inputs.config
report = write_exports(
    list(inputs.patients.values()), config.name, settings_in_force(inputs), config.outdir
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
