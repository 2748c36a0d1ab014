"""Survey exports: every form that is read, made into one `Export` without its personal columns.

`read.read_export` is the way in. `delimited`, `spreadsheet` and `spss` know the files, `headers` the header rows,
`metadata` and `personal` the columns that are no answers, `assembling` puts them together.
"""
