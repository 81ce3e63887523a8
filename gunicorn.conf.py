"""How gunicorn serves the app: ``gunicorn app:server`` reads this file from the folder it starts in."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8050')}"

# A stream of frames holds one thread for as long as it lasts, so threads are many and processes few.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16

# A stream ends by itself after about 10 s. With threads the timeout only notices a worker that is stuck as a whole.
timeout = 60
graceful_timeout = 15
keepalive = 5

# Heartbeats go to memory: on a slow disk they would make a healthy worker look stuck.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

# The control socket is a file in the home folder, which a read-only container does not have.
control_socket_disable = True

accesslog = None
errorlog = "-"
