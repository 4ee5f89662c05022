"""The visit: booking, step 3 (administration) and step 4 (follow-up).

The app label is `treatment_sessions`, because Django's own login sessions already own the label `sessions`.
"""
