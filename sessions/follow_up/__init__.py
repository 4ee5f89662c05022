"""Step 4: how is the person afterwards?"""
