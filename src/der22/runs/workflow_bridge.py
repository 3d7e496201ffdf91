"""All that leans on Snakemake's insides, in one place.

`tests/runs/test_workflow_bridge.py` says so when a new Snakemake moves one of them:

* ``_prepare_dag``, ``dag.forcefiles``, ``dag_settings.rerun_triggers``: der22 decides what runs
  again, by content. Snakemake compares times and its own records of parameters, which know nothing
  of files replaced by older ones, and prints parameters that differ.
* ``scheduler.job_rate_limiter``: the limiter of jobs per time span.
* ``scheduler.failed``: the jobs that ended without their results.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from snakemake.settings.types import RerunTrigger

__all__ = ["failed_jobs", "forget_future_times", "lift_rate_limit", "run_again"]

_NO_LIMIT_PER_SECOND = 100


def run_again(workflow: Any, manifests: Iterable[Path | str]) -> None:
    """Make Snakemake run the jobs that write the given manifests, and none else that are there.

    Only jobs that the wanted targets need are concerned, and what the user forces on the command
    line stays forced.

    Args:
        workflow: Snakemake's, while its Snakefile is read.
        manifests: absolute paths.
    """
    prepare = workflow._prepare_dag
    forced = {str(path) for path in manifests}

    def prepare_and_force(*args: Any, **kwargs: Any) -> None:
        # time is the one trigger that cannot be switched off; inputs of rules are `ancient`
        workflow.dag_settings.rerun_triggers = frozenset([RerunTrigger.MTIME])
        prepare(*args, **kwargs)
        workflow.dag.forcefiles.update(forced)

    workflow._prepare_dag = prepare_and_force


def forget_future_times(manifests: Iterable[Path]) -> None:
    """Set manifests that are dated ahead to now.

    Snakemake stops a run whose fresh output is older than an input, `ancient` or not.
    """
    now = time.time()
    for path in manifests:
        if path.stat().st_mtime > now:
            os.utime(path)


def failed_jobs(workflow: Any) -> list[tuple[str, str]]:
    """Return (message, log) of every job that failed in this run, in a fixed order."""
    return sorted(
        (str(job.message or job.rule.name), str(next(iter(job.log), "")))
        for job in workflow.scheduler.failed
    )


def lift_rate_limit(scheduler: Any) -> None:
    """Take a limit of jobs per time span that limits nothing off Snakemake's scheduler.

    METHOD: under any limit the scheduler (9.x) wakes itself once a span for every time it has woken
    before while jobs wait, and asks for the size of all their inputs each time: 425 times for 30
    jobs at 1,000 patients, a tenth of the CPU time of the run. Limits below a hundred jobs a second
    are meant by whoever set them, and stay.

    Args:
        scheduler: of the running workflow; one without such a limit is left alone.
    """
    limit = getattr(scheduler, "job_rate_limiter", None)
    if limit is not None and limit.max_jobs >= _NO_LIMIT_PER_SECOND * limit.timespan:
        scheduler.job_rate_limiter = None
