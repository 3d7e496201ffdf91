# Needs: the plates sheet with its instrument exports, and the mrd sheet.
# Makes: mrd/{plate_id}/ wells, curves, levels, qc; mrd/levels.tsv, series.tsv, qc.tsv.
# Unit:  a batch of qPCR plates in sheet order (config: mrd.plates_per_job).


rule read_mrd_plates:
    output:
        manifest=COHORT.path("manifests/mrd/{unit}.json"),
    log:
        COHORT.path("logs/mrd/{unit}.log"),
    benchmark:
        COHORT.path("benchmarks/mrd/{unit}.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(400, 5, stage="mrd"),
        runtime=COHORT.minutes(2, 0.05, stage="mrd"),
    params:
        stage="mrd",
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "MRD {wildcards.unit}: wells to copies and categories"
    script:
        "../scripts/analyse_unit.py"


rule follow_mrd_series:
    input:
        waiting_for(COHORT.joined("cohort/series")),
    output:
        manifest=COHORT.path("manifests/cohort/series.json"),
        levels=COHORT.path("mrd/levels.tsv"),
        qc=COHORT.path("mrd/qc.tsv"),
        series=COHORT.path("mrd/series.tsv"),
    log:
        COHORT.path("logs/cohort/series.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/series.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(600, 1),
        runtime=COHORT.minutes(5, 0.01),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "MRD: response series of every patient"
    script:
        "../scripts/follow_series.py"
