"""der22: from the raw instrument files of a haematology lab to genomic risk in Ph-positive ALL."""

__version__ = "0.1.0"
