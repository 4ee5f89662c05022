"""How far along is this person, and is it working?"""
