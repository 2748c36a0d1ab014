"""What a finished site gets beside its pages, whichever engine set them: search, facts behind numbers, digests."""

from survey_report.site.furnish import furnish

__all__ = ["furnish"]
