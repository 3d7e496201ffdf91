# Needs: the mlpa sheet with its .fsa files or peak tables, probemix and size standard sheets.
# Makes: mlpa/{run_id}/ peaks, probe_ratios, gene_calls, sample_qc; mlpa/ikzf1.tsv, run_qc.tsv, run_charts.tsv.
# Unit:  one MLPA run (config: mlpa.runs_per_job), because samples are normalised within their run.


rule analyse_mlpa_run:
    output:
        manifest=COHORT.path("manifests/mlpa/{unit}.json"),
    log:
        COHORT.path("logs/mlpa/{unit}.log"),
    benchmark:
        COHORT.path("benchmarks/mlpa/{unit}.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(400, 2, stage="mlpa"),
        runtime=COHORT.minutes(2, 0.02, stage="mlpa"),
    params:
        stage="mlpa",
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "MLPA {wildcards.unit}: traces to copy number calls"
    script:
        "../scripts/analyse_unit.py"


rule classify_ikzf1:
    input:
        waiting_for(COHORT.joined("cohort/ikzf1")),
    output:
        manifest=COHORT.path("manifests/cohort/ikzf1.json"),
        table=COHORT.path("mlpa/ikzf1.tsv"),
    log:
        COHORT.path("logs/cohort/ikzf1.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/ikzf1.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(500, 1),
        runtime=COHORT.minutes(5, 0.01),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "MLPA: IKZF1 class of every patient"
    script:
        "../scripts/classify_ikzf1.py"
