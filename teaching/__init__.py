"""Assignments and their grading, for instructors."""
