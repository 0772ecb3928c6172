# The web app, built with Node and served by nginx, which also hands /api on to the backend.
#   docker build -f deploy/docker/frontend.Dockerfile .
ARG NODE_IMAGE=node:22-bookworm-slim
ARG NGINX_IMAGE=nginx:1.28-bookworm

FROM ${NODE_IMAGE} AS build
WORKDIR /web
COPY apps/web/package.json apps/web/package-lock.json apps/web/.npmrc ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm
COPY apps/web ./
RUN npm run build

FROM ${NGINX_IMAGE}
COPY deploy/docker/nginx.conf /etc/sdp/nginx.conf
COPY deploy/docker/frontend.sh /usr/local/bin/frontend
COPY --from=build /web/dist /usr/share/sdp/web
USER 10001:10001
# Where the API is, and the networks (CIDR, space-separated) whose X-Forwarded-For is believed.
ENV SDP_API_UPSTREAM=backend-api:8000 SDP_TRUSTED_PROXIES=
EXPOSE 8080
ENTRYPOINT ["sh", "/usr/local/bin/frontend"]
CMD []
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ok <&3"]
