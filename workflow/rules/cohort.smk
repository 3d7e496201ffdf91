# Needs: the tables of the analyses that the config asks for, and the patients sheet.
# Makes: cohort/ tables, statistics, figures and exports.


rule join_cohort:
    input:
        waiting_for(COHORT.joined("cohort/tables")),
    output:
        manifest=COHORT.path("manifests/cohort/tables.json"),
        table=report(
            COHORT.path("cohort/genomic_risk.tsv"),
            category="Tables",
            caption="../captions/genomic_risk.rst",
        ),
        response=report(
            COHORT.path("cohort/response_by_timepoint.tsv"),
            category="Tables",
            caption="../captions/response.rst",
        ),
    log:
        COHORT.path("logs/cohort/tables.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/tables.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(700),
        runtime=COHORT.minutes(5),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Cohort: one row per patient"
    script:
        "../scripts/join_cohort.py"


rule estimate_survival:
    input:
        waiting_for(COHORT.joined("cohort/statistics")),
    output:
        manifest=COHORT.path("manifests/cohort/statistics.json"),
        survival=report(
            COHORT.path("cohort/survival.tsv"),
            category="Tables",
            caption="../captions/survival.rst",
        ),
    log:
        COHORT.path("logs/cohort/statistics.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/statistics.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1000),
        runtime=COHORT.minutes(10),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Cohort: survival, tests and hazard ratios"
    script:
        "../scripts/estimate_survival.py"


rule draw_figures:
    input:
        waiting_for(COHORT.joined("cohort/figures")),
    output:
        manifest=COHORT.path("manifests/cohort/figures.json"),
        figures=report(
            directory(COHORT.path("cohort/figures")),
            patterns=["{figure}.svg"],
            category="Figures",
            caption="../captions/figures.rst",
        ),
    log:
        COHORT.path("logs/cohort/figures.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/figures.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1200),
        runtime=COHORT.minutes(15),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Cohort: figures"
    script:
        "../scripts/draw_figures.py"


rule write_exports:
    input:
        waiting_for(COHORT.joined("cohort/exports")),
    output:
        manifest=COHORT.path("manifests/cohort/exports.json"),
    log:
        COHORT.path("logs/cohort/exports.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/exports.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1000),
        runtime=COHORT.minutes(10),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Cohort: workbook, parquet, cBioPortal and REDCap"
    script:
        "../scripts/write_exports.py"
