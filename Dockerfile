# Builds a static binary and ships it alone, with a folder for the embedded store.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /dangshi ./cmd/dangshi && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /dangshi /dangshi
COPY --from=build --chown=10001:10001 /data /data
USER 10001:10001
ENV DANGSHI_DATA=/data
VOLUME /data
EXPOSE 8080
# serve finishes the answers in flight after SIGTERM.
ENTRYPOINT ["/dangshi"]
CMD ["serve"]
