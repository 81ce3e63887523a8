# The app behind gunicorn, as a user without rights. Needs no network at run time.
#   docker build -t landscape .
#   docker run --rm -p 8050:8050 --read-only --tmpfs /tmp --cap-drop=ALL landscape
ARG BASE=python:3.12-slim-bookworm
FROM ${BASE}

# Threads are ours: BLAS computes on the thread that calls it.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1 \
    PORT=8050 \
    WEB_CONCURRENCY=2 \
    LANDSCAPE_CACHE=/tmp/landscape \
    LANDSCAPE_DATA=/data

WORKDIR /srv/landscape

COPY requirements.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt

COPY gunicorn.conf.py app.py ./
COPY landscape ./landscape
COPY components ./components
COPY assets ./assets

# A number, so that an orchestrator can see without a look inside that it is not root.
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001

EXPOSE 8050
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]

CMD ["gunicorn", "app:server"]
