# syntax=docker/dockerfile:1
# One image for every app and the command line. By default it runs API and consumer in one process, on a file in /data.

# To pin the base by its digest: NODE_IMAGE=node:26.10.0-trixie-slim@sha256:... (CONTRIBUTING.md says how to get it).
ARG NODE_IMAGE=node:26.10.0-trixie-slim

FROM ${NODE_IMAGE} AS build
ENV CI=true
WORKDIR /app
COPY . .
# The package that is published: one bundle, without sources, tools and other packages.
RUN node packages/workspace/src/run.mjs --dashboard node packages/workspace/src/pack/pack.ts /packages \
    && mkdir /image \
    && tar -xzf /packages/user-activity-log-[0-9]*.tgz -C /image --strip-components=1

FROM ${NODE_IMAGE}
ARG NODE_IMAGE
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="user-activity-log" \
      org.opencontainers.image.description="Records who did what, when, for other applications, and answers questions about it." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"
# Every app listens on PORT, and the health check asks there. SQLite sorts in /data where the root is read-only.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data \
    ROOT_KEY_FILE=/data/root-key \
    SQLITE_TMPDIR=/data
WORKDIR /app
COPY --from=build /image ./
RUN ln -s /app/bin/user-activity-log.cjs /usr/local/bin/user-activity-log
# Docker gives a foreign user (--user 4711) group 0, as OpenShift does: it can write too.
RUN mkdir /data && chown 10001:0 /data && chmod 0770 /data
VOLUME /data
USER 10001:10001
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["user-activity-log", "health"]
CMD ["user-activity-log"]
