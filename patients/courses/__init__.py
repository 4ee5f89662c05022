"""Which course of treatment is this person on?"""
