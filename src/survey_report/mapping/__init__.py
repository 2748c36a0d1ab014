"""From an export with names and wordings of its own to the study's: what is which, proposed, decided by a person, used.

`table` is the file that people edit, `likeness` says how alike two wordings are, `proposing` makes the rows, `applying`
puts a decided table to use.
"""
