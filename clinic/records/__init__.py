"""What is a signature, and what does it lock?"""
