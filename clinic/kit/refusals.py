"""What does the application say when it will not do something?"""


class Refusal(Exception):
    """An act that is refused. The message is one plain sentence that is safe to show to staff.

    Every refusal subclasses this one next to the function that raises it. Anything else that is raised is a bug.
    """
