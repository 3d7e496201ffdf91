"""Writes the workbook, the parquet table, the cBioPortal study and the REDCap import."""

from der22.units.exports import write_exports
from der22.units.jobs import finish, inputs_of
from der22.units.provenance import settings_in_force

inputs = inputs_of(snakemake.params.config)
config = inputs.config
report = write_exports(
    list(inputs.patients.values()),
    config.name,
    config.ikzf1plus_definition,
    config.statistics,
    settings_in_force(inputs),
    inputs.reference,
    config.outdir,
    sanger_done=config.sanger is not None,
    mrd_done=config.mrd is not None,
)
finish(report, config, snakemake.output.manifest, snakemake.log[0])
