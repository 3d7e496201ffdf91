# Needs: the sanger sheet with its .ab1 or .scf files, and the reference folder.
# Makes: sanger/{sample_id}/ variants, codons, reads, VCF, BAM; sanger/abl1.tsv, controls.tsv.
# Unit:  samples of one sequencing run, which share their wild-type controls.


rule call_abl1_run:
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
        mem_mb=COHORT.memory_mb(500, 2, stage="sanger"),
        runtime=COHORT.minutes(2, 0.02, stage="sanger"),
    params:
        stage="sanger",
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Sanger {wildcards.unit}: traces to kinase-domain variants"
    script:
        "../scripts/analyse_unit.py"


rule collect_abl1:
    input:
        waiting_for(COHORT.joined("cohort/abl1")),
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
        inputs=COHORT.frozen.path,
        run=COHORT.frozen.digest,
    message:
        "Sanger: ABL1 status of every sample"
    script:
        "../scripts/collect_abl1.py"
