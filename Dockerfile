# Two images: the proxy, and the program, which is the last and so what is built when nothing is named.
FROM caddy:2.10 AS proxy

# The copy has lost the right to open low ports, without which a container that may do nothing could not start it.
RUN cp /usr/bin/caddy /usr/local/bin/caddy && mkdir -p /data /config && chown -R 1000:1000 /data /config
COPY deploy/Caddyfile /etc/caddy/Caddyfile

USER 1000:1000
EXPOSE 8080 8443
CMD ["/usr/local/bin/caddy", "run", "--config", "/etc/caddy/Caddyfile"]


FROM python:3.11-slim-bookworm AS program

ENV PORT=8000 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/stepwell

COPY requirements.txt scripts/install.sh ./
RUN ./install.sh python requirements.txt && rm install.sh

COPY . .
RUN python manage.py static_files && useradd --uid 10001 stepwell && install --directory --owner=stepwell /backups

USER stepwell
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "scripts/health.py"]
CMD ["gunicorn", "clinic.wsgi"]
