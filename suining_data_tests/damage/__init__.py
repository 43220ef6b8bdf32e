"""Files of the project that are damaged, or lost: what is said, and that doing what it says helps."""
