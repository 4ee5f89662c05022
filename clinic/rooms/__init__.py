"""Which rooms are there, and what time is taken?"""
