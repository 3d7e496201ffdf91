# der22: raw instrument files of a haematology lab -> genomic risk of Ph-positive ALL.
# The config given with --configfile stands alone; without one, config/config.yaml.


include: "workflow/rules/common.smk"
include: "workflow/rules/mlpa.smk"
include: "workflow/rules/sanger.smk"
include: "workflow/rules/mrd.smk"
include: "workflow/rules/cohort.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        deliverables(),
