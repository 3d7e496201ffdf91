"""Runs a demo cohort through a real SLURM on this machine and compares bytes with a local run.

``make cluster``. Debian, as root. Installs slurm-wlm if need be, starts a controller and one node
in a folder of its own, submits through sbatch, compares, and stops what it started. Refuses where
another SLURM is configured. Writes the transcript to ``docs/cluster.md`` with ``--out``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONF = Path("/etc/slurm/slurm.conf")  # the plugin cleans SLURM_* from the job's environment
MARK = "# written by der22 tests/cluster"
#: folders whose files hold times or identifiers of the run
UNCOMPARED = {"logs", "benchmarks"}


def main() -> int:
    """Run it; exit status 0 when both runs gave the same bytes, 77 when it cannot run here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=12)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if reason := cannot_run():
        print(f"skipped: {reason}")
        return 77
    install()
    with tempfile.TemporaryDirectory(
        prefix="der22-slurm-",
        ignore_cleanup_errors=True,  # a daemon may write to the last
    ) as folder:
        lines = compare(Path(folder), options.patients)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    return 0 if "**equal**" in text else 1


def cannot_run() -> str | None:
    """Return why this machine cannot run SLURM, None when it can."""
    if os.geteuid() != 0:
        return "needs root"
    if shutil.which("apt-get") is None:
        return "needs Debian's packages"
    if CONF.exists() and MARK not in CONF.read_text(encoding="utf-8"):
        return "another SLURM is configured here"
    return None


def install() -> None:
    """Install SLURM and, beside the environment, Snakemake's plugin for it."""
    if shutil.which("slurmctld") is None:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        packages = ["slurm-wlm", "munge"]
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True
        )
    if not plugin_folder().is_dir():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        constraint = ["-c", str(ROOT / "envs/requirements.lock")]
        target = ["--target", str(plugin_folder()), "--no-deps"]
        plugins = ["snakemake-executor-plugin-slurm", "snakemake-executor-plugin-slurm-jobstep"]
        subprocess.run([*pip, *constraint, *target, *plugins, "throttler"], check=True)


def plugin_folder() -> Path:
    """Where the plugin lies: it slows every start, so it is no part of the environment."""
    return ROOT / "build" / "slurm-plugin"


def compare(folder: Path, patients: int) -> list[str]:
    """Run one cohort both ways; return the lines of the transcript."""
    local, cluster = folder / "local", folder / "cluster"
    subprocess.run(
        [sys.executable, "-m", "der22.cli", "demo", "--out", local, "--patients", str(patients)],
        check=True,
    )
    shutil.copytree(local, cluster)
    start = time.monotonic()
    run(["--cores", "2"], local, folder)
    seconds_local = time.monotonic() - start
    with slurm(folder):
        start = time.monotonic()
        log = run(["--profile", str(profile(folder))], cluster, folder)
        seconds_cluster = time.monotonic() - start
    jobs = log.count("SLURM jobid")
    first, second = hashes(local / "results"), hashes(cluster / "results")
    different = sorted(name for name in first | second if first.get(name) != second.get(name))
    verdict = "**equal**" if not different else f"different: {', '.join(different[:20])}"
    return [
        "# A real SLURM on one machine",
        "",
        "Made by `make cluster` (`tests/cluster/slurm_on_one_machine.py`) on synthetic data.",
        "",
        f"- patients: {patients}",
        f"- cluster jobs submitted through sbatch: {jobs}",
        f"- wall time, local with 2 cores: {seconds_local:.0f} s; through SLURM: "
        f"{seconds_cluster:.0f} s",
        f"- files compared (all but logs and benchmarks): {len(first)}; bytes {verdict}",
        f"- SLURM: {output(['slurmctld', '-V'])}",
    ]


def run(arguments: list[str], cohort: Path, folder: Path) -> str:
    """Run Snakemake on a cohort; returns what it said."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(plugin_folder()), environment.get("PYTHONPATH")])
    )
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), *arguments]
    command += ["--configfile", str(cohort / "config.yaml")]
    work = folder / f"work-{cohort.name}"
    command += ["--directory", str(work)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the run of {cohort.name} failed:\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}")
    return done.stderr


def profile(folder: Path) -> Path:
    """Return the shipped profile with shorter waits, as a test wants them."""
    text = (ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8")
    text += "slurm-init-seconds-before-status-checks: 3\nseconds-between-status-checks: 3\n"
    place = folder / "profile"
    place.mkdir()
    (place / "config.yaml").write_text(text, encoding="utf-8")
    return place


@contextmanager
def slurm(folder: Path) -> Iterator[None]:
    """Start a controller and one node; stop both in the end."""
    state = folder / "slurm"
    (state / "spool").mkdir(parents=True)
    CONF.parent.mkdir(parents=True, exist_ok=True)
    CONF.write_text(configuration(state), encoding="utf-8")
    try:
        subprocess.run(["slurmctld", "-c"], check=True)
        subprocess.run(["slurmd"], check=True)
        wait_until_idle()
        yield
    finally:
        for name in ("slurmd.pid", "slurmctld.pid"):
            if (state / name).is_file():
                subprocess.run(["kill", (state / name).read_text().strip()], check=False)
        CONF.unlink()


def configuration(state: Path) -> str:
    """Return slurm.conf for one machine without accounting or authentication."""
    host = socket.gethostname().split(".")[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 - 512
    lines = [
        MARK,
        "ClusterName=der22",
        f"SlurmctldHost={host}",
        "SlurmUser=root",
        "SlurmdUser=root",
        "AuthType=auth/none",
        "CredType=cred/none",
        f"StateSaveLocation={state}",
        f"SlurmdSpoolDir={state}/spool",
        f"SlurmctldPidFile={state}/slurmctld.pid",
        f"SlurmdPidFile={state}/slurmd.pid",
        f"SlurmctldLogFile={state}/slurmctld.log",
        f"SlurmdLogFile={state}/slurmd.log",
        "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none",
        "JobAcctGatherType=jobacct_gather/none",
        "AccountingStorageType=accounting_storage/none",
        "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_Core_Memory",
        "SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,defer",
        "ReturnToService=2",
        "MpiDefault=none",
        "SlurmdParameters=config_overrides",
        f"NodeName={host} CPUs={os.cpu_count()} RealMemory={memory} State=UNKNOWN",
        f"PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP",
    ]
    return "\n".join(lines) + "\n"


def wait_until_idle() -> None:
    """Wait until the node takes jobs."""
    for _ in range(60):
        if "idle" in output(["sinfo", "--noheader", "--format=%T"]):
            return
        time.sleep(1)
    sys.exit("the SLURM node did not become idle within a minute")


def output(command: list[str]) -> str:
    """Return what a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def hashes(results: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that must repeat."""
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*"))
        if path.is_file()
        and path.relative_to(results).parts[0] not in UNCOMPARED
        and path.name != "multiqc.json"
    }


if __name__ == "__main__":
    sys.exit(main())
