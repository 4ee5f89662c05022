"""What must somebody do, by when?"""
