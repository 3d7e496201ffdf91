"""One trace: placed on the reference, its heights measured, what of it can be used."""
