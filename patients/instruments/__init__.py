"""What did the person answer, and what is the score?"""
