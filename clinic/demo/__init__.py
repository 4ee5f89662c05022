"""What would a clinic full of made-up people look like?"""
