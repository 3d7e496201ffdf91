"""The sentences between the tables of the MRD validation page."""

HEAD = """\
# Validation of the MRD analysis

Made by `benchmarks/mrd/validate.py`; the same numbers, one a row, stand in `mrd.tsv` beside this
page. Plates of known copies: three fusion and two control wells a sample, fusion standards of 10 to
1,000,000 and control standards of 1,000 to 100,000 copies in triplicate. Molecules in a well are
Poisson, Ct has a further sd of {sd} (together 0.15 at 1000 copies). {repeats} samples a
combination, {n} in all. Simulated plates show what the rules do with noise; they are no evidence
about a laboratory's assay.

## Samples with the true category, per cent

The true category is that of the copies pipetted: none CMR (not evaluable below 10,000 control
copies a well), below 10 a well PNQ (POS_UNQUANTIFIED below 10,000 control copies a well), from 10
POS (POS_UNQUANTIFIED below 1,000 control copies). Right at the limit of 10 copies half of the
samples must fall on either side, and of one copy a well 5 % of samples have none in any well; where
the material is little those are not evaluable.

No sample of many copies is a response any more: what the rules cannot quantify is POS_UNQUANTIFIED.
Tests hold each clause: wells that disagree, lone wells of many copies and failed curves in
`tests/mrd/test_category.py`, standards typed ten times off in `tests/mrd/test_curve.py`, reactions
never analysed, contaminated and missing controls and a whole number for nothing in
`tests/mrd/test_controls.py`, reruns in `tests/mrd/test_placement.py`, lost responses and conversion
factors in `tests/mrd/test_series.py`. Of the 288 reactions without Cq in a public RDML file
(untergasser, run p11) all 276 standards and samples rise and are not analysed; 8 of 12 no-template
controls are flat.
"""
CALLS = """
## What was called, per cent, with 30,000 control copies or more
"""
RATIO = """
## Error of the ratio, log10 of found over true
"""
SETTINGS = """
## Settings

The instrument's curve is here that of the first standard well of each level, as if the operator had
left the others out. Asking for two positive wells turns faint positives into negatives.
"""
KINDS_TEXT = """
## The same plates in every kind of export

Compared with QuantStudio text; a plate has 384 wells; the time holds reading, judging and writing.
"""
SPEED = """
## Speed of a large series
"""
REAL = """
## Real exports: our refit beside the instrument

Public files with a curve or copies printed by the instrument. The difference is that of our copies
from the printed ones, well by well. A LightCycler prints no slope; its curve is recovered from the
concentrations that it printed.
"""
