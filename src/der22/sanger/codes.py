"""Flags of the Sanger analysis."""

from __future__ import annotations

from der22.flags import FlagKind, FlagMaker, Severity

__all__ = ["CODES", "make_flag"]

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CODES: tuple[FlagKind, ...] = (
    FlagKind(
        "UNREADABLE_FILE", _E, "Not a trace file, or cut short.",
        "Export the trace again from the instrument.",
    ),
    FlagKind(
        "MISSING_CHANNEL", _E, "One of the four channels is missing.",
        "Switch on analysis in the sequencer software and export again.",
    ),
    FlagKind("NO_BASECALLS", _E, "The file holds no base calls.", "Run the basecaller."),
    FlagKind(
        "NO_PEAK_POSITIONS", _E, "Base calls without positions in the trace.",
        "Switch on analysis in the sequencer software and export again.",
    ),
    FlagKind(
        "NO_SIGNAL", _E, "Blank capillary: signal no higher than background.",
        "Check the PCR product on a gel and repeat the sequencing reaction.",
    ),
    FlagKind("LOW_QUALITY_READ", _E, "Too few good bases.", "Repeat the read."),
    FlagKind(
        "NOT_REFERENCE", _E, "The sequence does not align to the reference.",
        "Check that gene and sample are right.",
    ),
    FlagKind(
        "DUPLICATE_READ", _W, "The channels are those of another read of this sample.",
        "Give every trace file once; look for a copy under another name.",
    ),
    FlagKind(
        "DOUBLE_SEQUENCE", _W, "Two sequences overlie each other, shifted against each other.",
        "Clone or sequence from the other side; an indel or splice variant is likely.",
    ),
    FlagKind(
        "DIRECTION_DIFFERS_FROM_PRIMER", _W, "The sequence runs against the primer of the sheet.",
        "Correct the primer in the sanger sheet or look for swapped tubes.",
    ),
    FlagKind(
        "EDITED_CALLS_DIFFER", _N, "Edited and basecaller's calls differ.",
        "Nothing; fractions come from the channels. sanger.settings.calls chooses the set.",
    ),
    FlagKind(
        "CALL_LENGTHS_DIFFER", _N, "Calls, positions and qualities differ in number.",
        "Nothing if the read looks right; else export the file again.",
    ),
    FlagKind(
        "NO_QUALITY_VALUES", _N, "The file holds no quality values.",
        "Nothing; identity and noise decide. Call bases with KB for quality values.",
    ),
    FlagKind(
        "CHANNEL_ORDER_ASSUMED", _N, "The file does not say which channel is which base.",
        "Check that the bases agree with the reference.",
    ),
    FlagKind(
        "DYE_BLOB", _N, "Broad C or T peak of unincorporated terminators near the read start.",
        "Clean the sequencing reaction; fractions there are less sure.",
    ),
    FlagKind(
        "NO_WILD_TYPE_CONTROL", _N, "No wild-type read of this run and direction.",
        "Sequence a wild-type control in both directions with every run.",
    ),
    FlagKind(
        "CONTROL_NOT_WILD_TYPE", _W, "A wild-type control carries a change; it, or its correction "
        "there, is not used.",
        "Check the control material.",
    ),
    FlagKind(
        "SINGLE_STRAND", _W, "Only one direction is usable.", "Repeat the other direction."
    ),
    FlagKind(
        "LENGTH_DIFFERS", _W, "A read has bases more or fewer than the reference, in all or in a "
        "part of its molecules.", "Look at both traces; the sample is no wild type.",
    ),
    FlagKind(
        "REPEATS_DISAGREE", _E, "Repeated reads of one direction contradict each other.",
        "Look for swapped tubes and files; repeat from a new PCR product.",
    ),
    FlagKind(
        "COPIED_READ", _W, "The read is another one of this sample once more: turned, rescaled, "
        "cut or exported again.", "Give every capillary once; repeat the other direction.",
    ),
    FlagKind(
        "SAME_TRACE", _W, "One capillary is filed under two samples.",
        "Find out whose it is; repeat the other sample.",
    ),
    FlagKind(
        "HIGH_BACKGROUND", _W, "The background of the read is high; nothing there is more than "
        "possible.", "Repeat the read with a clean product.",
    ),
    FlagKind(
        "OFFSCALE", _W, "Peaks have flat tops: the signal was too strong.",
        "Inject less or dilute the reaction; flat peaks are not used.",
    ),
    FlagKind(
        "HOTSPOT_LIMIT", _W, "A frequent codon was read, but small clones could not be seen there.",
        "Repeat the direction that is missing there.",
    ),
    FlagKind(
        "UNREADABLE_LETTERS", _N, "Signs of the call set are no letters; each is an unknown call.",
        "Nothing if the read looks right; else export the file again.",
    ),
    FlagKind("NO_USABLE_READ", _E, "Every read was refused.", "Repeat the reads."),
    FlagKind(
        "TOO_FEW_CODONS", _E, "Too few codons were assessed for a negative result.",
        "Repeat the reads or add a primer.",
    ),
    FlagKind(
        "STRANDS_DISAGREE", _W, "Forward and reverse fractions differ; an error where the strands "
        "contradict each other.",
        "Look at both traces; repeat the worse one.",
    ),
    FlagKind(
        "CODON_PHASE_UNKNOWN", _W, "Two changes in one codon; whether one molecule carries both "
        "is not known.", "Clone, or sequence by NGS.",
    ),
    FlagKind(
        "COMPOUND_AT_LEAST", _N, "Fractions add up to more than 1: some molecules carry both.",
        "Nothing; the least share is in the message.",
    ),
    FlagKind(
        "COMPOUND_UNDETERMINED", _N, "Two mutated codons: compound or separate clones.",
        "Clone, or sequence by NGS.",
    ),
    FlagKind(
        "POLYMORPHISM", _N, "A known polymorphism, not a resistance mutation.",
        "Confirm on the normal allele.",
    ),
    FlagKind("SILENT", _N, "The amino acid is unchanged: not a resistance mutation.", "Nothing."),
    FlagKind(
        "SPLICE_VARIANT", _N, "A known splice variant, not a resistance mutation.", "Nothing."
    ),
    FlagKind(
        "UNNAMED_CHANGE", _N, "Not in the list of named mutations.",
        "Check the normal allele and the literature.",
    ),
)  # fmt: skip

#: makes a flag of one of the codes above
make_flag = FlagMaker(CODES)
