# Needs: the tables of the analyses that the config asks for, and the patients sheet.
# Makes: cohort/ tables, statistics, figures and exports.

#: what joins each analysis, by stage
JOINED = {"mlpa": "ikzf1", "sanger": "abl1", "mrd": "series"}
COHORT_PARTS = [JOINED[stage] for stage in COHORT.stages]
COHORT_PARTS += ["tables", "statistics", "figures", "exports"]


rule join_cohort:
    message:
        "Cohort: one row per patient"
    input:
        manifests=[
            COHORT.path(f"manifests/cohort/{JOINED[stage]}.json")
            for stage in COHORT.stages
        ],
        sheets=COHORT.sheets(),
    output:
        manifest=COHORT.path("manifests/cohort/tables.json"),
        table=COHORT.path("cohort/genomic_risk.tsv"),
    log:
        COHORT.path("logs/cohort/tables.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/tables.txt")
    params:
        config=COHORT.cohort_config(),
        code=COHORT.code("cohort"),
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(700),
        runtime=COHORT.minutes(5),
    conda:
        "../../envs/der22.yaml"
    script:
        "../scripts/join_cohort.py"


rule estimate_survival:
    message:
        "Cohort: survival, tests and hazard ratios"
    input:
        manifests=COHORT.path("manifests/cohort/tables.json"),
        sheets=COHORT.sheets(),
    output:
        manifest=COHORT.path("manifests/cohort/statistics.json"),
        survival=COHORT.path("cohort/survival.tsv"),
    log:
        COHORT.path("logs/cohort/statistics.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/statistics.txt")
    params:
        config=COHORT.cohort_config(),
        code=COHORT.code("cohort"),
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1000),
        runtime=COHORT.minutes(10),
    conda:
        "../../envs/der22.yaml"
    script:
        "../scripts/estimate_survival.py"


rule draw_figures:
    message:
        "Cohort: figures"
    input:
        manifests=[
            COHORT.path("manifests/cohort/tables.json"),
            COHORT.path("manifests/cohort/statistics.json"),
        ],
        sheets=COHORT.sheets(),
    output:
        manifest=COHORT.path("manifests/cohort/figures.json"),
    log:
        COHORT.path("logs/cohort/figures.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/figures.txt")
    params:
        config=COHORT.cohort_config(),
        code=COHORT.code("figures"),
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1200),
        runtime=COHORT.minutes(15),
    conda:
        "../../envs/der22.yaml"
    script:
        "../scripts/draw_figures.py"


rule write_exports:
    message:
        "Cohort: workbook, parquet, cBioPortal and REDCap"
    input:
        manifests=[
            COHORT.path("manifests/cohort/tables.json"),
            COHORT.path("manifests/cohort/statistics.json"),
        ],
        sheets=COHORT.sheets(),
    output:
        manifest=COHORT.path("manifests/cohort/exports.json"),
    log:
        COHORT.path("logs/cohort/exports.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/exports.txt")
    params:
        config=COHORT.cohort_config(),
        code=COHORT.code("cohort"),
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1000),
        runtime=COHORT.minutes(10),
    conda:
        "../../envs/der22.yaml"
    script:
        "../scripts/write_exports.py"
