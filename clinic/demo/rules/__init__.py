"""What would a believable clinic look like? People, their way through the steps, their scores and vital signs.

Everything follows from a seed and a day: the same two make the same clinic. Nobody here is or was a real person.
"""
