# Builds a static binary and ships it alone: docker build -t dangshi .
# The bases can be replaced, e.g. by those of a mirror inside an organisation.
ARG BUILD_IMAGE=golang:1.26
ARG RUN_IMAGE=scratch

FROM ${BUILD_IMAGE} AS build
# Where modules come from, for networks that can't reach the default; as in `go env`.
ARG GOPROXY=
ARG GOSUMDB=
ARG GONOSUMDB=
ARG GOPRIVATE=
ARG GOFLAGS=
ENV CGO_ENABLED=0
# Certificates are set in it; a base that has it already needs no Debian here.
RUN [ -e /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc ] \
 || { apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*; }
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The licences of all that is linked in go with the binary. /tmp is for large
# tables, /config for dangshi.yaml and the files that it names.
RUN go build -trimpath -ldflags="-s -w" -o /out/dangshi ./cmd/dangshi \
 && go run -trimpath ./cmd/licences -o /out/licenses && cp LICENSE /out/licenses/ \
 && mkdir -p /data /out/etc/ssl/certs /out/config /out/tmp /out/licenses/fonts-noto-cjk && chmod 1777 /out/tmp \
 && cp /usr/share/doc/fonts-noto-cjk/copyright /out/licenses/fonts-noto-cjk/ \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/

FROM ${RUN_IMAGE}
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="dangshi" \
      org.opencontainers.image.description="党史上的今天：微信公众号每日答题后台" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# 54 MB in a layer of their own, which a new version of the program leaves as it is.
COPY --from=build /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc /usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc /usr/share/fonts/opentype/noto/
COPY --from=build /out/ /
COPY --from=build --chown=10001:10001 /data /data
USER 10001:10001
# The time zone and the starter content are in the binary.
ENV DANGSHI_ADDR=:8080 DANGSHI_DATA=/data
WORKDIR /config
VOLUME /data
EXPOSE 8080
# No shell in the image: the binary asks itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/dangshi", "health"]
# serve finishes the answers in flight after SIGTERM; give it 30 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/dangshi"]
CMD ["serve"]
