"""nbgrader's settings for this book. ``make assignment`` copies them into the course.

They also serve a course on JupyterHub: put this folder on the path, or set
``MLSD_TEACHING`` to it, and start nbgrader in the folder of the course.
"""

import os
import sys

sys.path.insert(0, os.environ.get("MLSD_TEACHING", "{teaching}"))

from nbgrader.preprocessors import (  # noqa: E402
    AssignLatePenalties,
    CheckCellMetadata,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)
from preprocessors import ExercisesOnly, PatientExecute  # noqa: E402

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
