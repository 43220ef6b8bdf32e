"""Feedback to a publisher: the quarantined rows and values of its deliveries, in a workbook for the correction of its files."""

from suining_data.feedback.export import Exported, export_quarantine

__all__ = ["Exported", "export_quarantine"]
