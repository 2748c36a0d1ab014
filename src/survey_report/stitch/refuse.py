from survey_report.stitch.document import Document
def sources(document: Document): return []
