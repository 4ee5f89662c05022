"""What templates may call: stepwell.py for the parts of the look, rows.py for rows of long tables."""
