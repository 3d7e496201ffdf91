"""Every reader against truncated, bit-flipped, spliced and hostile files.

Only the project's own errors may come out. As a test a few hundred inputs a format; as a script
(``make faults``) at least 10,000, with the longest time and the peak memory.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl

from der22.errors import Der22Error
from der22.formats.abif import parse_abif
from der22.formats.fragment_run import to_fragment_run
from der22.formats.peak_table import read_peak_table
from der22.formats.probemix import read_probemix
from der22.formats.qpcr import parse_plate_file
from der22.formats.reference_folder import read_reference
from der22.formats.sheets import read_sheet
from der22.formats.size_standard import read_size_standard
from der22.formats.trace import parse_trace
from der22.inputs.config import load_config
from der22.resources import resource_path


@dataclass(frozen=True)
class Target:
    """One reader under test.

    Attributes:
        name: format and reader.
        seeds: good files to spoil.
        read: reads the content of one file; raises Der22Error or returns.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


@dataclass
class Outcome:
    """What came out of one target: read or refused by code, the longest time in seconds."""

    counts: Counter[str]
    longest: float


def spoil(seed: bytes, random: np.random.Generator) -> bytes:
    """Return `seed` with one kind of damage, drawn at random."""
    content = bytearray(seed)
    kind = random.integers(8)
    place = int(random.integers(len(content) + 1))
    if kind == 0:
        return bytes(content[:place])
    if kind == 1:
        for at in random.integers(len(content), size=int(random.integers(1, 20))):
            content[at] ^= 1 << int(random.integers(8))
    elif kind == 2:
        end = min(len(content), place + int(random.integers(1, 64)))
        content[place:end] = random.bytes(end - place)
    elif kind == 3:
        content[place:place] = random.bytes(int(random.integers(1, 64)))
    elif kind == 4:
        del content[place : place + int(random.integers(1, 512))]
    elif kind == 5:  # heads hold counts and offsets: aim there
        at = int(random.integers(min(256, len(content))))
        content[at : at + 4] = b"\xff\xff\xff\xff" if random.integers(2) else b"\x7f\xff\xff\xff"
    elif kind == 6:
        start = int(random.integers(len(content)))
        content += content[start : start + 2048]
    else:
        at = int(random.integers(len(content)))
        word = _WORDS[int(random.integers(len(_WORDS)))]
        content[at : at + len(word)] = word
    return bytes(content)


_WORDS = (
    b"\x00" * 16, b"nan", b"-1", b"1e999", b"99999999999999999999", b"\t\t\t\t", b"\r\r\r", b'"',
    b"../../etc/passwd", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"\xff\xfe", b"=cmd()",
    b"\xef\xbb\xbf",
)  # fmt: skip


def fuzz(target: Target, n_inputs: int, seed: int) -> Outcome:
    """Read `n_inputs` spoiled files; any exception but Der22Error passes through."""
    random = np.random.default_rng([seed, *target.name.encode()])
    outcome = Outcome(Counter(), 0.0)
    for index in range(n_inputs):
        content = spoil(target.seeds[index % len(target.seeds)], random)
        start = time.perf_counter()
        try:
            target.read(content)
            outcome.counts["read"] += 1
        except Der22Error as error:
            outcome.counts[getattr(error, "code", "sheet problem")] += 1
        except Exception as error:
            keep = Path(tempfile.gettempdir()) / "der22-fuzz-failure.bin"
            keep.write_bytes(content)
            error.add_note(f"{target.name}: input {index} of seed {seed}, kept in {keep.name}")
            raise
        outcome.longest = max(outcome.longest, time.perf_counter() - start)
    return outcome


def targets(demo: Path, scratch: Path) -> Iterator[Target]:
    """Yield every reader with good files of the demo cohort in `demo`."""

    def on_disk(read: Callable[[Path], object], ending: str) -> Callable[[bytes], object]:
        path = scratch / f"input{ending}"

        def from_content(content: bytes) -> object:
            path.write_bytes(content)
            return read(path)

        return from_content

    def files(pattern: str, count: int = 2) -> tuple[bytes, ...]:
        found = sorted(demo.glob(pattern))[:count]
        assert found, f"the demo cohort has no {pattern}"
        return tuple(path.read_bytes() for path in found)

    yield Target("fsa", files("mlpa/*.fsa"), lambda c: to_fragment_run(parse_abif(c, "x.fsa")))
    yield Target("ab1", files("sanger/*.ab1"), lambda c: parse_trace(c, "x.ab1"))
    for name, content in _plate_files(demo).items():
        yield Target(f"qPCR {name}", (content,), lambda c: parse_plate_file(c, "x"))
    yield Target("sheet .tsv", files("sheets/patients.tsv"), on_disk(read_sheet, ".tsv"))
    yield Target("sheet .csv", (b"a,b\n1,2\n3,4\n",), on_disk(read_sheet, ".csv"))
    yield Target("sheet .xlsx", (_workbook(),), on_disk(read_sheet, ".xlsx"))
    yield Target(
        "probemix sheet",
        (resource_path("probemix/P335-synthetic.tsv").read_bytes(),),
        on_disk(read_probemix, ".tsv"),
    )
    yield Target(
        "size standard sheet",
        (resource_path("size_standards/GS500LIZ.tsv").read_bytes(),),
        on_disk(read_size_standard, ".tsv"),
    )
    table = b"sample_id\tsize_nt\theight\tarea\tdye\nS1\t130.2\t512\t4000\tB\nS1\t136.9\t700\t\tB\n"
    yield Target("peak table", (table,), on_disk(read_peak_table, ".tsv"))
    yield Target(
        "reference FASTA",
        (resource_path("abl1/coding_sequence.fa").read_bytes(),),
        on_disk(read_reference, ".fa"),
    )
    yield Target("config", files("config.yaml"), on_disk(load_config, ".yaml"))


def _plate_files(demo: Path) -> dict[str, bytes]:
    by_kind: dict[str, bytes] = {}
    for path in sorted((demo / "mrd").iterdir()):
        content = path.read_bytes()
        kind = parse_plate_file(content, path.name).kind
        by_kind.setdefault(str(kind), content)
    return by_kind


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["patient_id", "sex"], ["P1", "F"], ["P2", "M"]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    # stored, not deflated, so that flipped bytes reach the XML and not only the checksum
    plain = io.BytesIO()
    with zipfile.ZipFile(buffer) as packed, zipfile.ZipFile(plain, "w") as stored:
        for member in packed.infolist():
            stored.writestr(member.filename, packed.read(member))
    return plain.getvalue()


def main() -> int:
    """Fuzz every reader and write the fault table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        f"{options.inputs} inputs a format, seed {options.seed}; every input ended in a record or "
        "in an error of the project's own.",
        "",
        "| reader | read | refused | codes | longest, ms |",
        "| --- | --- | --- | --- | --- |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        from der22.simulate.demo import write_demo

        demo, scratch = Path(folder, "demo"), Path(folder, "scratch")
        scratch.mkdir()
        write_demo(demo, patients=12, seed=5)
        for target in targets(demo, scratch):
            outcome = fuzz(target, options.inputs, options.seed)
            refused = sum(outcome.counts.values()) - outcome.counts["read"]
            codes = ", ".join(
                f"{code} {n}" for code, n in outcome.counts.most_common() if code != "read"
            )
            row = f"{target.name} | {outcome.counts['read']} | {refused} | {codes}"
            lines.append(f"| {row} | {outcome.longest * 1000:.0f} |")
            print(lines[-1], flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines += ["", f"Peak memory of the whole run: {peak:.0f} MiB."]
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
