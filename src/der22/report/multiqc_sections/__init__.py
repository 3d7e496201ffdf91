"""The sections of the MultiQC report, one a file, in the order a reviewer reads them."""
