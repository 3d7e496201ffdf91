"""The cohort: join in three-valued logic, tables, survival."""
