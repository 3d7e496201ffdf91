# Needs: a config, its sheets and every file they name; all are checked here, while the Snakefile
#        is read, because a fault inside an input function can look like success.
# Makes: COHORT, the checked cohort with its jobs, and the list of deliverables. What runs again is
#        decided here too, by content: raw files are no inputs of rules, times of files count nothing.

from pathlib import Path

from der22.errors import InputError
from der22.runs.frozen import write_frozen
from der22.runs.closing import announce, explain_failure
from der22.runs.folder import hold_results, remove_left_results
from der22.runs.staleness import sentences
from der22.runs.workflow import open_workflow, refuse
from der22.runs.workflow_bridge import (
    failed_jobs,
    forget_future_times,
    lift_rate_limit,
    run_again,
)

try:
    COHORT = open_workflow(
        workflow.configfiles,
        config,
        Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
        / "config/config.yaml",
        is_job=not workflow.is_main_process,
    )
except InputError as error:
    refuse(error)

again = set()
if workflow.is_main_process:
    found = COHORT.folder()
    outdated = COHORT.outdated(found)
    again = {COHORT.manifest(job.key) for job in outdated}
    run_again(workflow, again)
    for sentence in sentences(outdated):
        logger.info(sentence)


wildcard_constraints:
    unit=r"[A-Za-z0-9][A-Za-z0-9._-]*",


def waiting_for(manifests):
    """Return the input of a join; a manifest that stays is no reason to run, however dated."""
    return [path if path in again else ancient(path) for path in manifests]


def begin_run():
    """Hold the result folder and freeze the inputs of the run."""
    lift_rate_limit(workflow.scheduler)
    try:
        hold_results(COHORT.outdir)
        COHORT.require_same(found)
        write_frozen(COHORT.frozen)
    except InputError as error:
        refuse(error)
    for name in remove_left_results(COHORT.outdir, COHORT.units(), COHORT.folders()):
        logger.info(f"{name}: no sheet names it any more; its results are removed")
    forget_future_times(COHORT.outdir.glob("manifests/*/*.json"))


def end_failed_run():
    """Say what failed and why, or that somebody stopped the run."""
    failed = failed_jobs(workflow)
    if failed:
        announce(COHORT.outdir)
    explain_failure(COHORT.outdir, COHORT.fail_on, failed)


onstart:
    begin_run()


onsuccess:
    announce(COHORT.outdir)


onerror:
    end_failed_run()


def deliverables():
    tables = ["problems.tsv", "provenance.json", "index.html"]
    tables += ["multiqc/multiqc_report.html"]
    return [COHORT.path(name) for name in tables] + COHORT.manifests()
