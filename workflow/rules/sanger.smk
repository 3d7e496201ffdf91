# Needs: the sanger sheet with its .ab1 or .scf files, and the reference folder.
# Makes: sanger/{sample_id}/ variants, codons, reads, VCF, BAM; sanger/abl1.tsv, controls.tsv.
# Unit:  samples of one sequencing run, which share their wild-type controls.


rule call_abl1_run:
    input:
        COHORT.raw_files("sanger"),
    output:
        manifest=COHORT.path("manifests/sanger/{unit}.json"),
    log:
        COHORT.path("logs/sanger/{unit}.log"),
    benchmark:
        COHORT.path("benchmarks/sanger/{unit}.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(500, 2),
        runtime=COHORT.minutes(2, 0.02),
    params:
        stage="sanger",
        rows=COHORT.rows("sanger"),
        config=COHORT.stage_config("sanger"),
        code=COHORT.code("sanger"),
    message:
        "Sanger {wildcards.unit}: traces to kinase-domain variants"
    script:
        "../scripts/analyse_unit.py"


rule collect_abl1:
    input:
        manifests=COHORT.manifests("sanger"),
        sheets=COHORT.sheets(),
    output:
        manifest=COHORT.path("manifests/cohort/abl1.json"),
        table=COHORT.path("sanger/abl1.tsv"),
    log:
        COHORT.path("logs/cohort/abl1.log"),
    benchmark:
        COHORT.path("benchmarks/cohort/abl1.txt")
    conda:
        "../../envs/der22.yaml"
    threads: 1
    resources:
        mem_mb=COHORT.memory_mb(400, 1),
        runtime=COHORT.minutes(5, 0.01),
    params:
        config=COHORT.cohort_config(),
        code=COHORT.code("sanger"),
    message:
        "Sanger: ABL1 status of every sample"
    script:
        "../scripts/collect_abl1.py"
