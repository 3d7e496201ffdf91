# Needs: every table of the analyses and the cohort.
# Makes: problems.tsv, provenance.json, patient pages, index.html, the MultiQC report.


rule collect_problems:
    input:
        waiting_for(COHORT.joined("report/problems")),
    output:
        manifest=COHORT.path("manifests/report/problems.json"),
        problems=report(
            COHORT.path("problems.tsv"),
            category="Review",
            caption="../captions/problems.rst",
        ),
        provenance=COHORT.path("provenance.json"),
    log:
        COHORT.path("logs/report/problems.log"),
    benchmark:
        COHORT.path("benchmarks/report/problems.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(500),
        runtime=COHORT.minutes(10),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Report: every flag and refusal in one list; where each number comes from"
    script:
        "../scripts/collect_problems.py"


rule write_patient_pages:
    input:
        waiting_for(COHORT.joined("report/index")),
    output:
        manifest=COHORT.path("manifests/pages/{unit}.json"),
    log:
        COHORT.path("logs/pages/{unit}.log"),
    benchmark:
        COHORT.path("benchmarks/pages/{unit}.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(900),
        runtime=COHORT.minutes(10),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Report {wildcards.unit}: patient pages"
    script:
        "../scripts/write_pages.py"


rule write_index:
    input:
        waiting_for(COHORT.joined("report/index")),
    output:
        manifest=COHORT.path("manifests/report/index.json"),
        page=COHORT.path("index.html"),
    log:
        COHORT.path("logs/report/index.log"),
    benchmark:
        COHORT.path("benchmarks/report/index.txt")
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
        "Report: index of patients"
    script:
        "../scripts/write_index.py"


rule write_multiqc:
    input:
        waiting_for(COHORT.joined("report/multiqc")),
    output:
        manifest=COHORT.path("manifests/report/multiqc.json"),
        page=COHORT.path("multiqc/multiqc_report.html"),
    log:
        COHORT.path("logs/report/multiqc.log"),
    benchmark:
        COHORT.path("benchmarks/report/multiqc.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(1400),
        runtime=COHORT.minutes(15),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Report: MultiQC"
    script:
        "../scripts/write_multiqc.py"


rule judge_run:
    input:
        # after everything else, so that all results are written
        waiting_for(COHORT.manifests(but="report/verdict")),
    output:
        manifest=COHORT.path("manifests/report/verdict.json"),
    log:
        COHORT.path("logs/report/verdict.log"),
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(200),
        runtime=COHORT.minutes(2),
    params:
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Report: errors found in the data end the run (report.fail_on: error)"
    script:
        "../scripts/judge_run.py"
