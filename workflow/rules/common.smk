# Needs: a config, its sheets and every file they name; all are checked here, while the Snakefile
#        is read, because a fault inside an input function can look like success.
# Makes: COHORT, the checked cohort with its jobs, and the list of deliverables.

import sys
from pathlib import Path

from der22.errors import InputError
from der22.units.problems import announce, explain_failure
from der22.units.results_folder import (
    hold_results,
    remove_left_results,
    withdraw_stale_manifests,
)
from der22.units.workflow import (
    is_dry_run,
    lift_rate_limit,
    open_workflow,
    refuse,
)

try:
    COHORT = open_workflow(
        workflow.configfiles,
        config,
        Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
        / "config/config.yaml",
    )
except InputError as error:
    refuse(error)

if workflow.is_main_process:
    # a dry run only looks: what it would run again today may be right again tomorrow
    outdated = () if is_dry_run(sys.argv) else COHORT.outdated_manifests()
    for unit in withdraw_stale_manifests(COHORT.outdir, outdated):
        logger.info(
            f"{unit}: a file it wrote is gone or its inputs are others; it runs again"
        )


wildcard_constraints:
    unit=r"[A-Za-z0-9][A-Za-z0-9._-]*",


def begin_run():
    """Hold the result folder; jobs on a cluster node are runs too, the first one holds it."""
    if not workflow.is_main_process:
        return
    lift_rate_limit(workflow.scheduler)
    try:
        hold_results(COHORT.outdir)
    except InputError as error:
        refuse(error)
    for name in remove_left_results(COHORT.outdir, COHORT.units(), COHORT.folders()):
        logger.info(f"{name}: no sheet names it any more; its results are removed")


def end_failed_run():
    """Say what failed and why."""
    announce(COHORT.outdir)
    explain_failure(COHORT.outdir, COHORT.inputs.config.fail_on)


onstart:
    begin_run()


onsuccess:
    announce(COHORT.outdir)


onerror:
    end_failed_run()


def deliverables():
    tables = ["problems.tsv", "provenance.json", "index.html"]
    tables += ["multiqc/multiqc_report.html"]
    tables += [f"manifests/cohort/{part}.json" for part in COHORT_PARTS]
    wanted = [COHORT.path(name) for name in tables] + COHORT.manifests("pages")
    # a unit whose manifest was withdrawn runs again only when somebody asks for the manifest
    wanted += COHORT.all_manifests()
    if COHORT.inputs.config.fail_on == "error":
        wanted.append(COHORT.path("manifests/report/verdict.json"))
    return wanted
