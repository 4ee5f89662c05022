"""Step 2: what will be given?"""
