"""Who comes when, to which room?"""
