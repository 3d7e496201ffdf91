"""Writes the pages of one batch of patients."""

from der22.units.jobs import finish, inputs_of
from der22.units.plan import plan_cohort
from der22.units.report import write_pages

inputs = inputs_of(snakemake.params.config, stages=("mlpa",))
names = plan_cohort(inputs).pages[snakemake.wildcards.unit]
report = write_pages(
    [inputs.patients[name] for name in names],
    inputs.labels,
    inputs.config.outdir,
    inputs.probemix_status,
    probe_order=inputs.probe_order,
    unit=snakemake.wildcards.unit,
)
finish(report, inputs.config, snakemake.output.manifest, snakemake.log[0])
