"""What does each role see first today?"""
