"""How does the web server run? The same for the demonstration, the journeys and a container; PORT is set outside."""

worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 10
# A worker proves that it lives by touching a file; on a slow disk that would look like death.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes an unnamed file there
control_socket_disable = True
