"""The organisation: its people, rooms, records and trail, and the wiring of the whole application.

What lives here knows nothing of one person's care; that is `patients` and `sessions`. The exceptions sit at the
roof of the dependency rule: `home`, `reports` and `demo` may read everything.
"""
