"""Step 3: what happens in the room?"""
