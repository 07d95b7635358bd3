# Three images from one file: `app` serves pages' events, the API and the jobs, `web` is Caddy with the built front end.

FROM python:3.13-slim-trixie AS build
WORKDIR /bulq
ENV PATH=/bulq/.venv/bin:$PATH REFLEX_USE_NPM=1 REFLEX_TELEMETRY_ENABLED=false REFLEX_CHECK_LATEST_VERSION=0
COPY requirements.txt .
RUN python -m venv .venv && pip install --no-cache-dir --requirement requirements.txt
COPY . .
RUN python scripts/build.py

FROM caddy:2 AS web
COPY Caddyfile /etc/caddy/Caddyfile
COPY --from=build /bulq/.web/build/client /srv
ENV BULQ_FRONTEND=/srv

# pg_dump and pg_restore have to be as new as the server they talk to.
FROM postgres:18-trixie AS postgres

FROM python:3.13-slim-trixie AS app
RUN apt-get update && apt-get install --yes --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home bulq && mkdir /data && chown bulq /data
COPY --from=postgres /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /usr/local/bin/
COPY --from=postgres /usr/lib/x86_64-linux-gnu/libpq.so.5* /usr/lib/x86_64-linux-gnu/
WORKDIR /bulq
COPY --from=build /bulq/.venv .venv
COPY --from=build /bulq/.web/backend .web/backend
# The page that invitations are written into, with its policy.
COPY --from=build /bulq/.web/build/page-policy .web/build/page-policy
COPY --from=build /bulq/.web/build/client/__spa-fallback.html .web/build/client/__spa-fallback.html
COPY alembic alembic
COPY alembic.ini rxconfig.py ./
COPY assets assets
COPY bulq bulq
COPY scripts scripts
ENV PATH=/bulq/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    REFLEX_TELEMETRY_ENABLED=false REFLEX_CHECK_LATEST_VERSION=0 \
    BULQ_ENV=production BULQ_DATA=/data BULQ_HOST=0.0.0.0 PORT=8000 BULQ_TRUSTED_PROXY_HOPS=1
USER bulq
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/v1/health/ready', timeout=2)"]
CMD ["python", "scripts/serve.py", "--backend-only"]
