"""What the Snakefile asks of the running workflow."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from snakemake.settings.types import MaxJobsPerTimespan

from der22.units.workflow import lift_rate_limit


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
