"""The traps of each kind that real files set."""

from __future__ import annotations

from types import ModuleType

import pytest

from der22.errors import UnreadableFileError
from der22.formats.qpcr import PrintedCurve, Task, Well, parse_plate_file
from der22.formats.qpcr.cells import read_ct, well_from_number, well_name
from der22.formats.qpcr.control_names import control_of


def quantstudio_text(
    *rows: str, header: str = "Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\tCT"
) -> bytes:
    """A QuantStudio text with the given result rows."""
    return "\n".join(["* Block Type = 96", "", "[Results]", header, *rows, ""]).encode()


def one_well(content: bytes) -> Well:
    """The only well of a file."""
    (well,) = parse_plate_file(content, "x.txt").wells
    return well


@pytest.mark.parametrize(
    "word",
    ["Undetermined", "UNDETERMINED", "No Ct", "NO CT", "N/A", "NaN", "-1", "-1.0", "0", "0.0"],
)
def test_words_for_not_detected(word: str) -> None:
    """Every word for not detected gives no Ct, keeps its text, and excludes nothing."""
    well = one_well(quantstudio_text(f"1\tA1\tfalse\tS1\tABL1\tUNKNOWN\t{word}"))
    assert (well.ct, well.ct_raw, well.excluded, well.fault) == (None, word, False, "")


@pytest.mark.parametrize(
    "word", ["abc", "-", "-3", "inf", "1e9", "27102", "3o.5", "#N/A", "?", "NA", "."]
)
def test_any_other_word_is_refused_with_its_place(word: str) -> None:
    """Another word is no negative: the well is excluded and row and column are told."""
    well = one_well(quantstudio_text(f"1\tA1\tfalse\tS1\tABL1\tUNKNOWN\t{word}"))
    assert (well.ct, well.excluded, well.reason) == (None, True, "CT_NOT_A_NUMBER")
    assert (well.fault, well.place) == ("CT_NOT_A_NUMBER", "row 5, column CT")


def test_empty_ct_of_a_named_sample_is_no_negative() -> None:
    """In QuantStudio text an empty Ct means not analysed: excluded with NO_CT."""
    well = one_well(quantstudio_text("1\tA1\tfalse\tS1\tABL1\tUNKNOWN\t"))
    assert (well.excluded, well.reason, well.fault) == (True, "NO_CT", "")


def test_unused_wells_are_dropped() -> None:
    """A row without sample, target and Ct is no well."""
    content = quantstudio_text("1\tA1\tfalse\tS1\tABL1\tUNKNOWN\t20.5", "2\tA2\t\t\t\t\t", "3\tA3")
    assert one_well(content).well == "A1"


def test_omitted_well_keeps_its_ct_and_its_bad_value_is_no_fault() -> None:
    """Omit takes a well out; what stands in it does not matter any more."""
    content = quantstudio_text(
        "1\tA1\ttrue\tS1\tABL1\tUNKNOWN\t20.5", "2\tA2\tTRUE\tS1\tABL1\tUNKNOWN\tx"
    )
    first, second = parse_plate_file(content, "x").wells
    assert (first.ct, first.excluded, first.reason) == (20.5, True, "OMITTED")
    assert (second.reason, second.fault) == ("OMITTED", "")


@pytest.mark.parametrize("name", ["CT", "Ct", "Cq", "CRT", "C\u0442", "\u0421\u0422", "\u0441T"])
def test_names_of_the_ct_column(name: str) -> None:
    """Ct is found under every name, Cyrillic look-alikes included."""
    header = f"Well\tWell Position\tOmit\tSample Name\tTarget Name\tTask\t{name}"
    assert one_well(quantstudio_text("1\tA1\tfalse\tS\tT\tUNKNOWN\t20.5", header=header)).ct == 20.5


def test_sections_in_any_order_and_a_curve(writers: ModuleType) -> None:
    """Results before the amplification data, and the printed curve, are read."""
    content = (
        b"* A = b\n[Results]\nWell\tSample Name\tTarget Name\tTask\tCT\tSlope\tY-Intercept\n"
        b"7\tS1\tABL1\tUNKNOWN\t20.5\t-3.35\t39.9\n\n"
        b"[Amplification Data]\nWell\tCycle\n1\t40\n2\t39\n"
    )
    file = parse_plate_file(content, "x")
    assert file.cycles == {"": 40}
    assert file.curves == {("", "ABL1"): PrintedCurve(-3.35, 39.9)}
    assert file.wells[0].well == "A7"


def test_cycles_of_a_shortened_export_are_not_believed() -> None:
    """An export cut after cycle 3 does not turn every Ct into a negative."""
    content = quantstudio_text("1\tA1\tfalse\tS1\tABL1\tUNKNOWN\t20.5")
    assert (
        parse_plate_file(content + b"[Amplification Data]\nWell\tCycle\n1\t3\n", "x").cycles == {}
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"* Block Type = 96\n[Sample Setup]\nWell\n1\n", "RESULTS_MISSING"),
        (b"* Block Type = 96\n[Results]\nWell\tSample Name\n1\tS\n", "RESULTS_MISSING"),
        (b"[Results]\n\n", "RESULTS_MISSING"),
        (b"SDS 2.3\n\nWell\tSample\n", "RESULTS_MISSING"),
        (b"Experiment: x Selected Filter: y\nInclude\tPos\n", "RESULTS_MISSING"),
        (b"sample,target,copies\n", "RESULTS_MISSING"),
        (b"", "FILE_UNREADABLE"),
        (b" \n ", "FILE_UNREADABLE"),
    ],
)
def test_missing_results_are_one_clear_refusal(content: bytes, code: str) -> None:
    """A file of a known kind without results is refused, and the sentence names the file."""
    with pytest.raises(UnreadableFileError) as caught:
        parse_plate_file(content, "p12.txt")
    assert caught.value.code == code
    assert caught.value.message.startswith("p12.txt: ")


def test_eds_that_was_not_analysed(writers: ModuleType) -> None:
    """An .eds without analysis result says so."""
    with pytest.raises(UnreadableFileError) as caught:
        parse_plate_file(writers.zip_of({"apldbio/sds/plate_setup.xml": b"<a/>"}), "run.eds")
    assert caught.value.code == "FILE_NOT_ANALYSED"


def test_eds_members_with_backslashes(writers: ModuleType) -> None:
    """Member names written on Windows are found."""
    wells = writers.make_plate({"S": ((100.0,), (1e4,))})
    content = writers.eds(wells, member="apldbio\\sds\\analysis_result.txt")
    assert len(parse_plate_file(content, "x").wells) == len(wells) + 1


def test_sds_file_with_two_plates(writers: ModuleType) -> None:
    """In SDS text a plate is a run, and Flagged wells stay in."""
    wells = writers.make_plate({"S": ((100.0,), (1e4,))})
    first, second = writers.sds(wells, "P1"), writers.sds(wells, "P2")
    file = parse_plate_file(first + second.split(b"\r", 4)[4], "x")
    assert file.runs == ("P1", "P2")
    assert not any(well.excluded for well in file.wells)


def test_sds_footer_is_no_well(writers: ModuleType) -> None:
    """What stands below the table is not read."""
    wells = writers.make_plate({"S": ((100.0,), (1e4,))})
    file = parse_plate_file(writers.sds(wells) + b"\rPlateID\tNAP\rAF22\tx\r", "x")
    assert len(file.wells) == len(wells)


_NTC, _NEG, _POS = Task.NTC, Task.NEGATIVE_CONTROL, Task.POSITIVE_CONTROL


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("no template control", _NTC), ("NTC", _NTC), ("ntc_2", _NTC), ("H2O", _NTC),
        ("Water 1", _NTC), ("Waterman", None), ("Sample 1", None), ("INTCO", None),
        # dots, hyphens, numbers, a zero for an O
        ("N.T.C. 2", _NTC), ("NTC-3", _NTC), ("n t c", _NTC), ("H20", _NTC), ("ddH20 1", _NTC),
        ("No-Template-Control", _NTC), ("N0 RT", _NTC), ("noRT 2", _NTC), ("RT minus", _NTC),
        ("NTC BCR-ABL1", _NTC), ("water p190", _NTC), ("NRT", _NTC), ("blank 4", _NTC),
        # the languages of laboratories
        ("Acqua", _NTC), ("Bianco 1", _NTC), ("Wasser", _NTC), ("Leerwert", _NTC), ("Eau", _NTC),
        ("Blanc PCR", _NTC), ("Agua 2", _NTC), ("Blanco", _NTC), ("Branco", _NTC),
        ("zonder template", _NTC), ("\u00c1gua", _NTC), ("senza RT", _NTC),
        ("Neg Ctrl", _NEG), ("neg. control 1", _NEG), ("Negativkontrolle", _NEG), ("NK", _NEG),
        ("NK 2", _NEG), ("Neg.-Kontrolle", _NEG), ("T\u00e9moin n\u00e9gatif", _NEG),
        ("Controllo negativo", _NEG), ("Control negativo", _NEG), ("Negatieve controle", _NEG),
        ("Controle negativo", _NEG), ("C0ntrollo neg", _NEG), ("Negativ", _NEG),
        ("PC 1000", _POS), ("Positivkontrolle", _POS), ("pos ctrl", _POS),
        # what may be a person is none
        ("Bianco M", None), ("Rossi", None), ("NK Meier", None), ("Negri", None), ("", None),
        ("P1", None), ("0", None), ("Eaubonne", None), ("x" * 70, None),
    ],
)  # fmt: skip
def test_controls_by_their_name(name: str, task: Task | None) -> None:
    """Controls are told by whole words of their name; a name that may be a person's tells none."""
    assert control_of(name) is task


def test_names_of_a_laboratory() -> None:
    """Further names of no-template controls come from the config."""
    assert control_of("Leitungswasser 3") is None
    assert control_of("Leitungswasser 3", ["Leitungswasser"]) is _NTC


def test_lightcycler_names_no_task() -> None:
    """Whoever reads a LightCycler export knows standards only; names are judged later."""
    content = (
        "Experiment: x Selected Filter: y\rInclude\tPos\tName\tCp\tStandard\rTrue\tA1\tNTC\t\t0"
    )
    well = one_well(content.encode())
    assert (well.task, well.excluded, well.ct) == (Task.UNKNOWN, False, None)


@pytest.mark.parametrize(
    ("content", "task"),
    [("NTC-1", _NTC), ("NRT-2", _NTC), ("Neg Ctrl", _NEG), ("Neg Ctrl-1", _NEG),
     ("Pos Ctrl-1", _POS), ("Unkn-3", Task.UNKNOWN), ("Std-1", Task.STANDARD)],
)  # fmt: skip
def test_tasks_of_a_cfx_table(content: str, task: Task) -> None:
    """The content of a CFX well is its task."""
    text = f",Well,Fluor,Target,Content,Sample,Cq,SQ\n,A01,FAM,F,{content},S,30.1,NaN\n"
    assert one_well(text.encode()).task is task


@pytest.mark.parametrize(
    ("cq", "points", "readings"),
    [
        ("", "", ()), ("<cq></cq>", "<adp><cyc>1</cyc><fluor>0.5</fluor></adp>", (0.5,)),
        ("", "<adp><cyc>2</cyc><fluor>3</fluor></adp><adp><cyc>1</cyc><fluor>1</fluor></adp>",
         (1.0, 3.0)),
        ("<cq>-1.0</cq>", "", None), ("<cq>NaN</cq>", "", None), ("<cq>20.5</cq>", "", None),
    ],
)  # fmt: skip
def test_a_reaction_without_cq_keeps_its_curve(
    cq: str, points: str, readings: tuple[float, ...] | None
) -> None:
    """A Cq that is absent is no word for nothing; the curve is there to decide."""
    react = f'<react id="1"><sample id="S"/><data><tar id="T"/>{cq}{points}</data></react>'
    well = one_well(rdml_text(react))
    assert (well.readings, well.excluded) == (readings, False)


@pytest.mark.parametrize(("wells", "n_wells"), [("", 1), ("1", 1), ("3", 3), ("3.0", 3)])
def test_wells_behind_a_mean(wells: str, n_wells: int) -> None:
    """A mean of a copies table says how many wells it stands for."""
    text = f"sample\ttarget\tcopies\twells\nS\tF\t5\t{wells}\n"
    assert one_well(text.encode()).n_wells == n_wells


def test_single_wells_are_one_well_each() -> None:
    """Rows of single wells stand for themselves, whatever their column says."""
    text = "sample\ttarget\tcopies\twell\twells\nS\tF\t5\tA1\t3\nT\tF\t5\t\t3\nT\tF\t6\t\t3\n"
    assert [well.n_wells for well in parse_plate_file(text.encode(), "x").wells] == [1, 1, 1]


@pytest.mark.parametrize("wells", ["0", "-1", "two", "1.5"])
def test_an_impossible_number_of_wells_is_refused(wells: str) -> None:
    """A number of replicates that is none refuses the file with its row."""
    text = f"sample\ttarget\tcopies\twells\nS\tF\t5\t{wells}\n"
    with pytest.raises(UnreadableFileError, match="row 2: wells"):
        parse_plate_file(text.encode(), "x")


def test_lightcycler_curve_is_recovered_from_its_concentrations() -> None:
    """The instrument's own line comes back from Ct and printed concentrations."""
    rows = [f"True\tA{i}\tS\t{39.5 - 3.5 * i}\t{10**i}\t0" for i in range(1, 6)]
    head = "Experiment: x Selected Filter: y\rInclude\tPos\tName\tCp\tConcentration\tStandard\r"
    curve = parse_plate_file((head + "\r".join(rows)).encode(), "x").curves["", ""]
    assert (curve.slope, curve.intercept) == pytest.approx((-3.5, 39.5))


def rdml_text(react: str, sample: str = "", fmt: str = "") -> bytes:
    """An RDML document with one reaction."""
    return (
        f'<?xml version="1.0"?><rdml version="1.1" xmlns="http://www.rdml.org">{sample}'
        f'<experiment id="E"><run id="R">{fmt}{react}</run></experiment></rdml>'
    ).encode()


UUID = "9c93d5da-1797-44c1-b46c-05d501af4e22"


@pytest.mark.parametrize(
    ("place", "fmt", "well"),
    [
        ("A01", "", "A1"),
        ("13", "", "B1"),
        ("13", "<pcrFormat><rows>16</rows><columns>24</columns></pcrFormat>", "A13"),
        ("97", "", "E1"),
        ("384", "", "P24"),
    ],
)
def test_rdml_reaction_numbers(place: str, fmt: str, well: str) -> None:
    """A reaction is named by its well or its number along the rows."""
    react = f'<react id="{place}"><sample id="S"/><data><tar id="T"/><cq>20.5</cq></data></react>'
    assert one_well(rdml_text(react, fmt=fmt)).well == well


def test_rdml_sample_with_a_uuid_is_known_by_its_description() -> None:
    """Where the id is a uuid the description is the name, and the id still finds it."""
    sample = f'<sample id="{UUID}"><description>S1</description><type>std</type></sample>'
    react = f'<react id="1"><sample id="{UUID}"/><data><tar id="T"/><cq>20.5</cq></data></react>'
    well = one_well(rdml_text(react, sample))
    assert (well.sample, well.other_name, well.task, well.quantity) == (
        "S1",
        UUID,
        Task.STANDARD,
        None,
    )


def test_rdml_exclusion_with_its_text_and_text_in_a_number() -> None:
    """Excl takes a well out with its text; a Cq that is no number is refused."""
    react = (
        '<react id="1"><sample id="S"/>'
        "<data><tar id='A'/><cq>20.5</cq><excl>bubble</excl></data>"
        "<data><tar id='B'/><cq>20,5</cq></data><data><tar id='C'/></data></react>"
    )
    first, second, third = parse_plate_file(rdml_text(react), "x").wells
    assert (first.excluded, first.reason, first.ct) == (True, "bubble", 20.5)
    assert (second.fault, second.place) == ("CT_NOT_A_NUMBER", "react 1, target B, cq")
    assert (third.ct, third.excluded) == (None, False)


def test_rdml_member_of_any_name_beside_other_xml(writers: ModuleType) -> None:
    """The member is found by its root, not by its name."""
    react = '<react id="1"><sample id="S"/><data><tar id="T"/><cq>20.5</cq></data></react>'
    members = {"calculated_data.xml": b"<other/>", "sub/plate.xml": rdml_text(react)}
    assert one_well(writers.zip_of(members)).ct == 20.5


@pytest.mark.parametrize("comment", ["", "<!-- <adp><cyc>99</cyc></adp> -->"])
def test_rdml_cycles_are_those_of_the_last_reading(comment: str) -> None:
    """Readings are skipped for speed, the cycles are the same with and without that."""
    points = "".join(f"<adp><cyc>{c}.0</cyc><fluor>1</fluor></adp>\n" for c in range(1, 41))
    melting = "".join(f"<mdp><tmp>{t}</tmp><fluor>1</fluor></mdp>" for t in range(60, 90))
    react = (
        '<react id="1"><sample id="S"/><data><tar id="T"/><cq>20.5</cq>'
        f"{comment}{points}{melting}</data></react>"
    )
    file = parse_plate_file(rdml_text(react), "x")
    assert file.cycles == {"R": 40}
    assert file.wells[0].ct == 20.5


def test_rdml_runs_of_one_name_are_told_apart() -> None:
    """Two experiments with a run of the same name are two runs, never one pooled curve."""
    react = '<react id="1"><sample id="S"/><data><tar id="T"/><cq>20.5</cq></data></react>'
    text = "".join(f'<experiment id="{e}"><run id="R">{react}</run></experiment>' for e in "AB")
    file = parse_plate_file(f'<?xml version="1.0"?><rdml>{text}</rdml>'.encode(), "x")
    assert file.runs == ("A / R", "B / R")


def test_cfx_target_falls_back_to_the_fluorophore() -> None:
    """An empty target is named by the fluorophore; an empty well is dropped."""
    content = b",Well,Fluor,Target,Content,Sample,Cq\n,A01,FAM,,Unkn-1,S,20.5\n,A02,FAM,,,,NaN\n"
    well = one_well(content)
    assert (well.well, well.target, well.task) == ("A1", "FAM", Task.UNKNOWN)


@pytest.mark.parametrize("value", ["-3", "-1", "inf", "nan", "1e400", "abc", "1e16"])
def test_impossible_copies_are_refused(value: str) -> None:
    """Negative, infinite or no copies are no result."""
    well = one_well(f"sample\ttarget\tcopies\nS\tABL1\t{value}\n".encode())
    assert (well.fault, well.excluded, well.copies) == ("COPIES_IMPOSSIBLE", True, None)


@pytest.mark.parametrize(("value", "copies"), [("0", 0.0), ("Undetermined", 0.0), ("12.5", 12.5)])
def test_copies(value: str, copies: float) -> None:
    """Copies are numbers; a word for not detected is 0 copies."""
    assert one_well(f"sample\ttarget\tcopies\nS\tABL1\t{value}\n".encode()).copies == copies


def test_blank_copies_are_no_negative() -> None:
    """A blank is excluded, not 0."""
    well = one_well(b"sample\ttarget\tcopies\nS\tABL1\t\n")
    assert (well.copies, well.excluded, well.reason) == (None, True, "NO_COPIES")


@pytest.mark.parametrize(
    ("number", "size", "name"),
    [
        (1, 96, "A1"),
        (12, 96, "A12"),
        (13, 96, "B1"),
        (96, 96, "H12"),
        (25, 384, "B1"),
        (384, 384, "P24"),
        (0, 96, ""),
    ],
)
def test_well_numbers(number: int, size: int, name: str) -> None:
    """Numbers run along the rows of the plate."""
    assert well_from_number(number, size) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("A01", "A1"), ("h12", "H12"), ("P24", "P24"), ("Q1", None), ("A25", None), ("A0", None)],
)
def test_well_names(text: str, name: str | None) -> None:
    """Leading zeros go, and what is no well is none."""
    assert well_name(text) == name


def test_a_plate_of_384_is_told_by_one_number_beyond_96() -> None:
    """One number beyond 96 makes the plate one of 384, in which well 25 is B1."""
    header = "Well\tSample Name\tTarget Name\tTask\tCT"
    rows = [f"{n}\tS\tT\tUNKNOWN\t20.5" for n in (25, 97)]
    wells = parse_plate_file(quantstudio_text(*rows, header=header), "x").wells
    assert [w.well for w in wells] == ["B1", "E1"]


def test_a_number_is_a_ct_only_within_a_run() -> None:
    """100 cycles bound what can be a Ct."""
    assert read_ct("100").ct == 100
    assert read_ct("100.1").fault == "CT_NOT_A_NUMBER"
