"""Which limits has the clinic set?"""
