"""Back to the department: what was put aside of its deliveries, in a workbook that it can correct its files by."""

from suining_data.feedback.export import Exported, export_quarantine

__all__ = ["Exported", "export_quarantine"]
