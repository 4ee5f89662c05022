"""What does an auditor look at?"""
