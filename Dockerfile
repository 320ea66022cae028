# The app is built in the first stage, and run without Node, make or a compiler in the second.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /lightbox
COPY . .
# The environment lies where it will run from: its scripts name their own path.
RUN make setup && rm -rf frontend/node_modules .make

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 lightbox && mkdir /data && chown lightbox /data
WORKDIR /lightbox
COPY --from=build /lightbox/.venv .venv
COPY --from=build /lightbox/manage.py manage.py
COPY --from=build /lightbox/pacs pacs
COPY --from=build /lightbox/viewer viewer
COPY --from=build /lightbox/frontend/dist frontend/dist
USER lightbox
ENV LIGHTBOX_DATA=/data LIGHTBOX_BIND=0.0.0.0:8000 SAMPLES=0 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=120s CMD [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
CMD [".venv/bin/python", "manage.py", "serve"]
