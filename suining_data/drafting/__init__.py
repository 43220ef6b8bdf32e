"""A resource drafted from a sample file: a proposal that a person completes. The pipeline itself never guesses."""

from suining_data.drafting.draft import Draft, Undraftable, draft

__all__ = ["Draft", "Undraftable", "draft"]
