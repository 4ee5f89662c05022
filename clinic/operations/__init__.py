"""Can a clinic rely on this deployment? What is looked at before it starts, how it fares, its backup and its return.

Knows the program and the server under it, and no patient.
"""
