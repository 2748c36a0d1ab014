"""Drafting the folder of a new study from an export or a data dictionary: guesses that a person then corrects.

`answer_sets` knows the usual answers of rated questions, `columns` says what each column is, `batteries` puts rated
ones together to scales, `dictionary` reads a data dictionary, `folder` writes the study.
"""
