/**
 * A self-signed certificate for `localhost` and 127.0.0.1, valid until 2126, with its key: for TLS servers of tests only.
 * Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
 * -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"`.
 */
export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUFk5SQ++YdAeLb9Vc7Ku9YLbwMjEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjAxNTM1NFoYDzIxMjYxMDI5
MDE1MzU0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASj+I3S9XHHaNLSjttGnd4nEpUxBc7RqDoRmQLfWVtIILNLf6AGkmdS
IvXqWTIKO6Ff8zNEqjBqDyLmGY0FXcXVo28wbTAdBgNVHQ4EFgQUozt3JBIx7n3r
si+p1xZObgzxEFkwHwYDVR0jBBgwFoAUozt3JBIx7n3rsi+p1xZObgzxEFkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgbUxTIiqcxsgyfDOt7750BiYzQ10bU5rMfldFqIE7JisCIQC4
WeP2dpa02i9tocEcHk00gtgIw+tEsKONNvaXoXtCWA==
-----END CERTIFICATE-----`;

export const TEST_CERTIFICATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbUo5T4/fRZlO2hc2
bR7PCxZRgJ4dRPbpXoXE5JBbbI+hRANCAASj+I3S9XHHaNLSjttGnd4nEpUxBc7R
qDoRmQLfWVtIILNLf6AGkmdSIvXqWTIKO6Ff8zNEqjBqDyLmGY0FXcXV
-----END PRIVATE KEY-----`;
