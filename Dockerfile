# Two stages: the first has what builds the wheel, the second only what runs it.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source

# Before the sources, so that a change of code does not fetch the dependencies again.
COPY requirements/build.txt requirements/bot.txt requirements/
RUN python -m venv /build && /build/bin/pip install --require-hashes --requirement requirements/build.txt
# Wheels alone: nothing is compiled, on either architecture.
RUN python -m venv /bot && /bot/bin/pip install --only-binary :all: --require-hashes --requirement requirements/bot.txt

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
COPY db db
COPY sandbox sandbox
RUN /build/bin/python -m build --wheel --no-isolation && /bot/bin/pip install --no-deps dist/*.whl

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin bot \
    && install --directory --owner bot --group bot --mode 0700 /data
COPY --from=build /bot /bot
ENV PATH=/bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite:////data/bot.db \
    HTTP_HOST=127.0.0.1 \
    HTTP_PORT=8080

# By number, so that an engine can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM

# -I: nothing in the working folder can take the place of the standard library.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-I", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['HTTP_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

# The console script, not `python -m bot`, which would look in the working folder first.
CMD ["modelhunter-bot"]
