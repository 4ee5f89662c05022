"""Step 1: may this person be treated?"""
