"""The declarations of person, organisation and address: attributes, their comparison, how their values compete."""

from suining_data.subjects.model import Attribute, Conflict, Subject, Survivorship
from suining_data.subjects.reading import SubjectError, load_subjects, read_subject

__all__ = ["Attribute", "Conflict", "Subject", "SubjectError", "Survivorship", "load_subjects", "read_subject"]
