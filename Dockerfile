# Two images: `service` (what is built when nothing is said) and `n8n` (n8n with the nodes).
ARG NODE_VERSION=24
ARG N8N_VERSION=2.40.7

# What both are compiled with. No install scripts: nothing here needs them, and the base brings Node.js.
FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY service/package.json service/
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.base.json gulpfile.js index.js README.md LICENSE ./
COPY contract contract
COPY credentials credentials
COPY nodes nodes
COPY service service
RUN npm run build:service && npm run build
RUN mkdir packed && npm pack --ignore-scripts --pack-destination packed && tar -xzf packed/*.tgz -C packed

# What the service needs when it runs, and nothing else.
FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
COPY service/package.json service/
RUN npm ci --ignore-scripts --omit=dev --workspace=@parley/service && mkdir -p service/node_modules

FROM docker.n8n.io/n8nio/n8n:${N8N_VERSION} AS n8n
COPY --from=build /build/packed/package /opt/n8n-nodes-parley
COPY deploy/n8n-entrypoint.sh /opt/n8n-entrypoint.sh
ENTRYPOINT ["/bin/sh", "/opt/n8n-entrypoint.sh"]

FROM node:${NODE_VERSION}-bookworm-slim AS service
ENV NODE_ENV=production PARLEY_HOST=0.0.0.0 PARLEY_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /build/node_modules node_modules
COPY --from=dependencies /build/service/node_modules service/node_modules
COPY --from=build /build/service/package.json service/
COPY --from=build /build/service/dist service/dist
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether the process lives. Whether it should be sent requests is asked at /readyz.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PARLEY_PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "service/dist/service/src/main.js"]
