# A worker for `formreader process --engine dask --scheduler ...` (docs/batch.md), and all that reading needs:
#
#     docker build -t formreader .       # with --build-arg EXTRAS=cluster,remote also from s3://
#     docker run --rm -v /mnt/scans:/mnt/scans formreader dask worker tcp://10.0.0.5:8786 --nthreads 1
#     docker run --rm -v "$PWD:/work" formreader formreader process scans -t slip.json -o results.csv

FROM python:3.12-slim AS build
ARG EXTRAS=cluster
WORKDIR /src
COPY . .
RUN python -m venv /opt/formreader \
 && /opt/formreader/bin/pip install --no-cache-dir --no-compile -c constraints.txt ".[$EXTRAS]" \
 && find /opt/formreader -type d \( -name tests -o -name test \) -not -path '*/numpy/*' -prune -exec rm -rf {} + \
 && rm -rf /opt/formreader/lib/python3.12/site-packages/pip* \
 && /opt/formreader/bin/formreader --version

FROM python:3.12-slim
COPY --from=build /opt/formreader /opt/formreader
ENV PATH=/opt/formreader/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=False \
    DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL=1s \
    DASK_DISTRIBUTED__ADMIN__TICK__LIMIT=10s
RUN useradd --create-home --uid 10001 reader
USER reader
WORKDIR /work
CMD ["formreader", "--help"]
