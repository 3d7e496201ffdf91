"""A second simulator of MLPA runs, written from the method page alone, to attack the analysis.

Nothing here knows how the analysis works or what the demo's simulator does: karyotypes give copies
per probe, chemistry gives peaks, an instrument gives a peak table or a raw trace, and every run
carries the truth of each patient.
"""
