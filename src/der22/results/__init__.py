"""The result tables: a table is a record class, written and read by one function each."""
