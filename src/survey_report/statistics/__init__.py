"""Statistics over plain frames and series: they know nothing of studies, files or pages, and never warn.

What cannot be computed says why in a field or column `reason` (empty where it was computed); its numbers are NaN.
Groups are given as `scores` (float, NaN for no score) with `groups` (category ids) or as samples by group.
"""
