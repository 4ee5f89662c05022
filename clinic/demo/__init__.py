"""Who comes to a clinic that does not exist? A synthetic one, made by the same actions as a real one."""
