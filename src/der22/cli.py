"""The command line: ``der22 demo``, ``check``, ``verify``, ``bench``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import der22
from der22.errors import Der22Error, InputError, InputProblem, one_line_a_cause
from der22.flags import Severity

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 good, 1 problems found, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="der22", description=der22.__doc__)
    parser.add_argument("--version", action="version", version=f"der22 {der22.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="write a synthetic cohort as raw instrument files")
    demo.add_argument("--out", type=Path, required=True, metavar="DIR")
    demo.add_argument("--patients", type=_positive, default=63, metavar="N")
    demo.add_argument("--seed", type=int, default=22, metavar="S")
    demo.add_argument("--config-only", action="store_true", help="sheets and config, no raw files")
    demo.set_defaults(run=_demo)

    check = commands.add_parser("check", help="check config, sheets and files; runs nothing")
    check.add_argument("--config", type=Path, required=True, metavar="PATH")
    check.set_defaults(run=_check)

    verify = commands.add_parser(
        "verify", help="tell which results or inputs changed or are missing"
    )
    verify.add_argument("results", type=Path, metavar="RESULTS")
    verify.set_defaults(run=_verify)

    bench = commands.add_parser("bench", help="time an analysis on files; prints one JSON line")
    bench.add_argument("analysis", choices=("mlpa", "sanger", "mrd"))
    bench.add_argument("files", type=Path, nargs="+", metavar="FILE")
    bench.add_argument("--size-standard", default="GS500LIZ", help="mlpa only")
    bench.add_argument("--probemix", type=Path, help="mlpa only; default the synthetic P335 sheet")
    bench.add_argument("--reference", help="sanger only; default ABL1")
    bench.set_defaults(run=_bench)

    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except InputError as error:
        sentences = error.sentences
        count = len(sentences)
        print(f"der22: {count} problem{'s' if count != 1 else ''} found", file=sys.stderr)
        for sentence in sentences:
            print(f"  {sentence}", file=sys.stderr)
        return 1
    except (Der22Error, OSError) as error:
        print(f"der22: {error}", file=sys.stderr)
        return 1
    return status


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _demo(options: argparse.Namespace) -> int:
    from der22.simulate.demo import DEMO_MARK, write_demo

    config = options.out / "config.yaml"
    if config.is_file() and DEMO_MARK not in config.read_text(encoding="utf-8", errors="replace"):
        message = "not written by der22 demo; name another folder, nothing was overwritten"
        raise InputError([InputProblem(str(config), message)])
    summary = write_demo(
        options.out, patients=options.patients, seed=options.seed, config_only=options.config_only
    )
    print(summary)
    return 0


def _check(options: argparse.Namespace) -> int:
    from der22.inputs.config_file import read_config_file
    from der22.inputs.copied import copied_files
    from der22.runs.audit import foresee
    from der22.runs.content import content_of
    from der22.runs.frozen import freeze

    path: Path = options.config
    frozen = freeze(read_config_file(path), path.name, path.absolute().parent)
    inputs = frozen.inputs
    print(
        f"{path}: good; {len(inputs.patients)} patients, {len(inputs.mlpa)} MLPA "
        f"injections, {len(inputs.reads)} Sanger reads, {len(inputs.plates)} plate files, "
        f"{len(inputs.mrd)} MRD samples"
    )
    for level in (Severity.WARNING, Severity.NOTE):
        for sentence in one_line_a_cause([w for w in inputs.warnings if w.level is level]):
            print(f"  {level}: {sentence}")
    raw_files = [*(sample.path for sample in inputs.mlpa), *(read.path for read in inputs.reads)]
    for problem in copied_files(inputs, {path: content_of(path) for path in raw_files}):
        print(f"  {problem.flag.level}: {problem.subject}: {problem.flag.message}")
    foresight = foresee(frozen)
    for sentence in foresight.will_run:
        print(f"  {sentence}")
    for sentence in foresight.altered:
        print(f"  results: {sentence}")
    return 1 if foresight.altered else 0


def _verify(options: argparse.Namespace) -> int:
    from der22.runs.audit import verify_results

    sentences = verify_results(options.results)
    for sentence in sentences:
        print(sentence)
    if not sentences:
        print(f"{options.results}: every result is as it was written, of the inputs that lie there")
    return 1 if sentences else 0


def _bench(options: argparse.Namespace) -> int:
    if missing := [str(path) for path in options.files if not path.is_file()]:
        raise InputError([InputProblem(path, "no such file") for path in missing])
    if options.analysis == "mlpa":
        from der22.jobs.bench_mlpa import bench_mlpa

        result = bench_mlpa(options.files, options.size_standard, options.probemix)
    elif options.analysis == "sanger":
        from der22.jobs.bench_sanger import bench_sanger

        result = bench_sanger(options.files, options.reference)
    else:
        from der22.jobs.bench_mrd import bench_mrd

        result = bench_mrd(options.files)
    print(json.dumps({"analysis": options.analysis, **result}, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
