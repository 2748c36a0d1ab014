"""Drafting the folder of a new study from an export or a data dictionary: guesses that a person then corrects.

`known_sets` has the published sets of answers, `answer_sets` words such as yes, no and other, `numbered` numbers in
texts. `rated` says how the answers of a rated question are read, `response_sets` what was offered. `columns` says
what each column is, `batteries` puts rated ones together to scales, `dictionary` reads a data dictionary, `folder`
writes the study.
"""
