"""What needs whom today? The page of each role, and the tasks with the people they are about."""

from clinic.home.queries.pages import today
from clinic.home.queries.parts import Today
from clinic.home.queries.tasks import TaskLine, TaskList, task_line, task_list

__all__ = ["TaskLine", "TaskList", "Today", "task_line", "task_list", "today"]
