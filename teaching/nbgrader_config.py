"""nbgrader's settings for this book. ``make assignment`` copies them into the course.

They also serve a course on JupyterHub: set ``PYTHONPATH`` to the checkout of the book,
and start nbgrader in the folder of the course.
"""

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

from teaching.preprocessors import ExercisesOnly, PatientExecute

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.CourseDirectory.course_id = "mlsd"
c.ClearSolutions.code_stub = {
    "python": 'raise NotImplementedError("Write your solution here.")'
}
c.ClearSolutions.text_stub = "*Write your answer here.*"
# A submission that hangs, crashes or floods its output loses that cell, not the rest.
c.Autograde.autograde_preprocessors = [
    PatientExecute,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
c.OverwriteCells.add_missing_cells = True
# Feedback shows the exercises and what the checks said, not how they check.
c.GenerateFeedback.preprocessors = [ExercisesOnly, GetGrades]
