# The version that the lock files were resolved for.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# Dependencies first: this layer is kept as long as the lock is. The environment holds no pip.
COPY requirements-run.lock ./
RUN python -m venv --without-pip /opt/coinbell \
    && pip --python /opt/coinbell/bin/python install --require-hashes -r requirements-run.lock

# The build tool is pinned with its hashes too; it stays behind in this stage.
COPY requirements.lock ./
RUN sed -n '/^setuptools==/,/^ *# via/p' requirements.lock > build.lock \
    && pip install --require-hashes -r build.lock

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY storage storage
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/coinbell/bin/python install --no-deps /wheels/coinbell-*.whl


FROM python:${PYTHON_VERSION}-slim
LABEL org.opencontainers.image.title="Coinbell" \
      org.opencontainers.image.description="A Telegram bot that rings when crypto news breaks or a price crosses a line." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/coinbell/coinbell"

RUN groupadd --gid 10001 coinbell \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin coinbell \
    && install --directory --owner=10001 --group=10001 /data

COPY --from=build /opt/coinbell /opt/coinbell

# Inside a container 127.0.0.1 is reached by nobody; which addresses of the host are opened is
# for `docker run --publish` or compose.yaml to say.
ENV PATH="/opt/coinbell/bin:${PATH}" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    COINBELL_WEB__LISTEN=0.0.0.0:8080

# The default database, sqlite:///coinbell.db, is a file in the working directory.
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4).read()"]

CMD ["coinbell", "run", "--config", "/data/config.toml"]
