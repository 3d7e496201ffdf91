"""What leans on Snakemake's insides: a version that moves one of them fails here, in words."""

from __future__ import annotations

import inspect
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.settings.types import DAGSettings, MaxJobsPerTimespan, RerunTrigger

from der22.runs.workflow_bridge import (
    failed_jobs,
    forget_future_times,
    lift_rate_limit,
    run_again,
)


@pytest.mark.parametrize(
    ("limit", "stays"),
    [("1000/1s", False), ("100/1s", False), ("99/1s", True), ("100/1m", True), ("10/2s", True)],
)
def test_only_a_limit_that_limits_nothing_is_lifted(limit: str, stays: bool) -> None:
    """A hundred jobs a second are Snakemake's default; fewer were asked for."""
    scheduler = SimpleNamespace(job_rate_limiter=MaxJobsPerTimespan.parse_choice(limit))
    lift_rate_limit(scheduler)
    assert (scheduler.job_rate_limiter is not None) is stays


def test_a_scheduler_without_limit_is_left_alone() -> None:
    """Dry runs have none, other schedulers may not know the word."""
    scheduler = SimpleNamespace(job_rate_limiter=None)
    lift_rate_limit(scheduler)
    lift_rate_limit(SimpleNamespace())
    assert scheduler.job_rate_limiter is None


def test_snakemake_keeps_the_limit_where_it_is_lifted() -> None:
    """The attribute and its two numbers are Snakemake's own: a new version may rename them."""
    from snakemake.scheduling.job_scheduler import JobRateLimiter, JobScheduler

    limiter = JobRateLimiter(MaxJobsPerTimespan.parse_choice("100/1s"))
    assert (limiter.max_jobs, limiter.timespan) == (100, 1)
    assert "job_rate_limiter" in JobScheduler.job_selector.__code__.co_names


def test_jobs_are_forced_beside_those_of_the_command_line() -> None:
    """Times and parameters of Snakemake's own records count nothing; --forcerun stays."""
    workflow = SimpleNamespace(
        dag_settings=DAGSettings(), dag=SimpleNamespace(forcefiles={"asked"}), prepared=[]
    )
    workflow._prepare_dag = lambda *given, **named: workflow.prepared.append((given, named))
    run_again(workflow, [Path("/r/manifests/mlpa/M1.json")])
    assert workflow.dag.forcefiles == {"asked"}
    workflow._prepare_dag("given", nolock=True)
    assert workflow.prepared == [(("given",), {"nolock": True})]
    assert workflow.dag.forcefiles == {"asked", "/r/manifests/mlpa/M1.json"}
    assert workflow.dag_settings.rerun_triggers == {RerunTrigger.MTIME}


def test_failed_jobs_are_told_in_a_fixed_order() -> None:
    """By message and log; a rule without a message by its name."""
    jobs = [
        SimpleNamespace(message="MRD b", rule=SimpleNamespace(name="r"), log=["b.log"]),
        SimpleNamespace(message="", rule=SimpleNamespace(name="MLPA"), log=[]),
    ]
    workflow = SimpleNamespace(scheduler=SimpleNamespace(failed=jobs))
    assert failed_jobs(workflow) == [("MLPA", ""), ("MRD b", "b.log")]


def test_snakemake_has_what_forcing_needs() -> None:
    """The names are Snakemake's own: a new version may rename them."""
    import snakemake.api  # noqa: F401 (its workflow cannot be imported first)
    from snakemake.dag import DAG
    from snakemake.scheduling.job_scheduler import JobScheduler
    from snakemake.workflow import Workflow

    assert "_prepare_dag" in Workflow.execute.__code__.co_names
    assert "dag_settings" in inspect.signature(Workflow).parameters
    assert "forcefiles" in DAG.__init__.__code__.co_names
    assert "forcefiles" in inspect.getsource(DAG.update_needrun)
    assert "failed" in JobScheduler.__init__.__code__.co_names


def test_times_ahead_are_forgotten_and_no_others(tmp_path: Path) -> None:
    """Snakemake stops where an input is dated ahead; what is not keeps its time."""
    ahead, old = tmp_path / "ahead.json", tmp_path / "old.json"
    for path, date in ((ahead, time.time() + 10_000), (old, 1_000_000)):
        path.touch()
        os.utime(path, (date, date))
    forget_future_times([ahead, old])
    assert ahead.stat().st_mtime <= time.time()
    assert old.stat().st_mtime == 1_000_000
