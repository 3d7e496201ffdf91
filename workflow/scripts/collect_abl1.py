"""Lists the ABL1 status of every sample and the wild-type control reads."""

from der22.units.jobs import finish, inputs_of
from der22.units.sanger import collect_abl1

inputs = inputs_of(snakemake.params.config, stages=("sanger",))
samples = list(dict.fromkeys(read.sample_id for read in inputs.reads if read.role == "sample"))
report = collect_abl1(samples, inputs.reads, inputs.config.outdir)
finish(report, inputs.config, snakemake.output.manifest, snakemake.log[0])
