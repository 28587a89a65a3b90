# One file for every image; `npm run images` builds them all. One by hand, after `npm run build`:
#   docker build --build-arg PROJECT=apps/chat --build-arg ASSETS=data --tag stocktool/chat:local .
# The bundle is made outside and copied in, so that what was tested is what ships, byte for byte. Only what BuildKit and the
# classic builder both understand.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG ASSETS=none

FROM ${NODE_IMAGE} AS bundle
ARG PROJECT
WORKDIR /out/app
COPY ${PROJECT}/dist/ ./
# A bundle that is missing or does not parse fails here, not in production. Source maps stay out: they are twice the program.
RUN echo '{"type":"module"}' > package.json && node --check main.js && rm -f ./*.map && chmod -R a=rX /out

FROM ${NODE_IMAGE} AS assets-none
RUN mkdir -p /out/data

FROM ${NODE_IMAGE} AS assets-data
COPY data/prices/ /out/data/prices/
COPY data/knowledge/ /out/data/knowledge/
RUN chmod -R a=rX /out

FROM assets-${ASSETS} AS assets

FROM ${NODE_IMAGE} AS program
ARG TITLE=stocktool
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
ARG HEAP_MEGABYTES=170
ARG NURSERY_MEGABYTES=2
LABEL org.opencontainers.image.title="$TITLE" \
      org.opencontainers.image.description="StockTool: $TITLE" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.licenses="MIT"
# About 70 % of the container's memory for V8's old generation, so that it collects before the kernel kills; a small nursery
# and few malloc arenas keep the rest small. Inside a container the network is the wall: listen on every address.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size=$HEAP_MEGABYTES --max-semi-space-size=$NURSERY_MEGABYTES --disable-warning=ExperimentalWarning" \
    MALLOC_ARENA_MAX=2 \
    HOST=0.0.0.0 \
    LOCAL_AWS_HOST=0.0.0.0 \
    DATA_DIR=/app/data
WORKDIR /app
COPY --from=assets /out/data /app/data
COPY --from=bundle /out/app /app
# A number, so that "runs as non-root" can be checked without reading the image's user list.
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "main.js"]

# What V8 compiles for a start, written down by the very Node, flags and user that will run it, so that no start parses megabytes.
# Any other Node, flags or user take no notice of it and compile by themselves.
FROM program AS compiled
ARG PORT=3000
ARG HEALTH_PATH=/health/live
COPY tools/images/compile-ahead.mjs tools/images/compile-ahead.sh /tmp/
RUN sh /tmp/compile-ahead.sh /tmp/compiled

# What listens: a port, and a route that says whether it lives. ECS takes no notice of HEALTHCHECK and repeats it.
FROM program AS server
ARG PORT=3000
ARG GRPC_PORT=50051
ARG HEALTH_PATH=/health/live
COPY --from=compiled /tmp/compiled /app/compiled
ENV PORT=$PORT GRPC_URL=0.0.0.0:$GRPC_PORT HEALTH_PATH=$HEALTH_PATH NODE_COMPILE_CACHE=/app/compiled
EXPOSE $PORT
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+process.env.HEALTH_PATH,{signal:AbortSignal.timeout(4000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
