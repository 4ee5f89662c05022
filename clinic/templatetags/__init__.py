"""What templates may call; stepwell.py is the only library."""
