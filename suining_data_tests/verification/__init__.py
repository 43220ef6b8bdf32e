"""What was changed after it was written is found and named, and is not published again."""
