"""Which records are of one person, and what happens when somebody says so, or takes it back?"""
