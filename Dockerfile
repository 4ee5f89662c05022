FROM python:3.11-slim-bookworm

ENV PORT=8000 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/stepwell

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN python manage.py collectstatic --no-input --verbosity 0 && useradd --system stepwell

USER stepwell
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "scripts/health.py"]
CMD ["gunicorn", "clinic.wsgi"]
