"""From sized peaks to dosage quotients.

The model of one run. The height of probe p in sample s is expected to be

    ln height = profile(p) + scale(s) + slope(s) x (length(p) - middle) / 100 + ln quotient + error

and is observed only above the detection limit at its place: an empty bin is a height below that
limit, not a height of zero (`heights`). `fit_references` estimates the profile from the reference
samples and says which of them cannot serve (`references`); `apply` estimates scale and slope of one
sample against the profile and returns its quotients (`quotients`). Scale is the median over the
reference probes, slope a weighted median over pairs of probes that ought to have the same number of
copies (`slope`), drawn towards that of the references by its standard error.

What is wrong with scale and slope is wrong with every probe of the sample alike, and does not
average out within a gene. So an error is two things: a part of each probe's own, which holds the
scatter of the probe (`noise`) and the noise of the signal under a low peak, and loadings on what
the probes share, one column for the scale and one for the slope, which grows with the distance from
the reference probes. `bins` and `filling` give each probe its peak, `controls` judges the fragments
that are no probes, each against those of the reference samples.
"""
