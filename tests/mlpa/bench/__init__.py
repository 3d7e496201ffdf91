"""A second simulator of MLPA runs, written from the method page alone, to attack the analysis.

Nothing here knows how the analysis works or what the demo's simulator does: karyotypes give copies
per probe, chemistry gives peaks, an instrument gives a peak table or a raw trace, and every run
carries the truth of each patient.

From `tests`: ``python -m mlpa.bench.attack --list``, ``... --kind weak --n 200 --wrong 5``,
``... --kind all --n 200``, with ``--fsa`` by raw traces instead of peak tables. A patient is right,
undetermined, not called, or wrong; wrong is silent when the status is called or no warning concerns
it. ``said`` counts wrong negatives that name their limit. Companions of a run are not judged.
"""
