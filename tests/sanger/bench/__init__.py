"""A second simulator of ABL1 sequencing, written from the method page alone, to attack the calls.

Nothing here knows how the analysis works or what the demo's simulator does: alleles give molecules,
chemistry gives peaks, a capillary gives four channels, an own basecaller reads them, and every run
carries the truth of each sample.

From `tests`: ``python -m sanger.bench.attack --list``, ``... --kind weak_background --n 100``,
``... --kind all --n 100 --controls 4``. A sample's status is right, hedged (possible or
not_evaluable where a sharper word was due), told (wrong, with a code that concerns it), said (a
negative whose limit lies above what was missed) or silently wrong.
"""
