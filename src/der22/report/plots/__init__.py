"""Small drawings as inline SVG: deterministic, self-contained, readable without colour."""
