# Every Python process, one image a package:
#   docker build -f deploy/docker/python.Dockerfile --build-arg PACKAGE=services/api --build-arg REQUIREMENTS=api .
# Stages `wheels` and `common` are the same for all of them, so they are built once and their layers shared.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS wheels
WORKDIR /build
RUN python -m venv /opt/build
COPY requirements/build.txt requirements/build.txt
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/build/bin/pip install --quiet --cache-dir /var/cache/pip --require-hashes -r requirements/build.txt
COPY libs libs
COPY jobs jobs
COPY services services
RUN mkdir /wheels && for folder in libs/* jobs/* services/*; do \
      if [ -f "$folder/pyproject.toml" ]; then (cd "$folder" && /opt/build/bin/uv-build build-wheel /wheels) || exit 1; fi; \
    done

FROM ${PYTHON_IMAGE} AS common
# LightGBM's wheel is linked to the system's OpenMP; the image is shared, so it is here for all.
RUN apt-get update -q && apt-get install -y -q --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 NUMBA_CACHE_DIR=/tmp/numba
RUN python -m venv /opt/venv
COPY requirements/common.txt /requirements/common.txt
RUN --mount=type=cache,target=/var/cache/pip \
    pip install --quiet --cache-dir /var/cache/pip --require-hashes -r /requirements/common.txt

# Copied under one name, so that packages with the same requirements share the layer.
FROM scratch AS pinned
ARG REQUIREMENTS
COPY requirements/${REQUIREMENTS}.txt /package.txt

FROM common
COPY --from=pinned /package.txt /requirements/package.txt
RUN --mount=type=cache,target=/var/cache/pip \
    pip install --quiet --cache-dir /var/cache/pip --require-hashes -r /requirements/package.txt
ARG PACKAGE
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    --mount=type=bind,source=deploy/packages.py,target=/workspace/deploy/packages.py \
    --mount=type=bind,source=libs,target=/workspace/libs \
    --mount=type=bind,source=jobs,target=/workspace/jobs \
    --mount=type=bind,source=services,target=/workspace/services \
    pip install --quiet --no-index --no-deps \
      $(for name in $(python /workspace/deploy/packages.py ${PACKAGE}); do echo /wheels/${name}-*.whl; done) \
    && pip check
# A number, so that Kubernetes can see that it is not root.
RUN mkdir -p /artifacts /draws && chown 10001:10001 /artifacts /draws
WORKDIR /tmp
USER 10001:10001
ENV SDP_ARTIFACTS_DIR=/artifacts SDP_DRAWS_DIR=/draws SDP_METRICS_PORT=9100
EXPOSE 9100
# Answers when the process has reached its queue lately. The API, which has a port of its own, overrides it.
HEALTHCHECK --interval=5s --timeout=5s --start-period=240s --retries=3 \
  CMD ["python", "-IS", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9100/health', timeout=4)"]
