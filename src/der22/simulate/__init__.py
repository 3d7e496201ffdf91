"""Raw instrument files with a known truth, for the demo cohort."""
