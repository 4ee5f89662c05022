"""What must every page know of this person's health?"""
