import { join } from "node:path";
import { levelPages } from "./many-names.ts";

/** An account by its own host name: clients come here by HTTP_PROXY, and nothing of it is looked up. */
export const namedHost = "benchaccount.blob.core.windows.net";

export interface NginxConfigOptions {
  /** Everything that nginx writes goes here; the content of the blobs lies in `<folder>/bench/<container>/`. */
  readonly folder: string;
  /** The module by which `x-ms-range` becomes `Range`. */
  readonly headersModule: string;
  readonly httpPort: number;
  readonly tls: { readonly port: number; readonly certificate: string; readonly key: string } | undefined;
  readonly workers: number;
  /** Root starts workers as another user unless told not to; that one could not read the folder. */
  readonly asRoot: boolean;
}

/** Enough for the large blob and the lists; the cache keeps files open, and a process may not have 20,000. */
const openFilesMax = 256;
/** One line of the log a request: what parseAccessLog() reads. */
const logFormat = "$request_method $status $content_length $body_bytes_sent $http_x_ms_range $request_uri";

/** Pages by container and marker; of a container with folders also by what is asked of one level. */
const listLocation = `location ~ ^/\\.list/(?<container>.*)$ {
      internal;
      default_type application/xml;
      try_files /lists/$list.xml /lists/empty.xml =404;
    }`;

/**
 * The configuration of a server that takes every upload, reads it to its end and keeps nothing, and that serves the
 * files below `<folder>/bench/` as blobs.
 *
 * - An upload must be read before it is answered: clients take an early answer for the end of the connection. A plain
 *   `return 201` answers early; `mirror` reads the whole body (into memory) before the content phase, where the
 *   static module answers 405, which becomes 201.
 * - Only one server can send a file without copying it: no proxy stands between, a module renames `x-ms-range`.
 * - HEAD of what was "uploaded" finds the file that it was uploaded from: AzCopy's check of the length succeeds.
 */
export function nginxConfig(options: NginxConfigOptions): string {
  const { folder, headersModule, httpPort, tls, workers, asRoot } = options;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `  ${kind}_temp_path ${join(folder, "temporary")};`)
    .join("\n");
  const listenTls = tls && `listen 127.0.0.1:${tls.port} ssl;`;
  return `
load_module ${headersModule};
daemon off;
${asRoot ? "user root;" : ""}
worker_processes ${workers};
pid ${join(folder, "nginx.pid")};
error_log ${join(folder, "error.log")};
events { worker_connections 4096; }
http {
${temporary}
  log_format bench '${logFormat}';
  access_log ${join(folder, "access.log")} bench;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=${openFilesMax} inactive=10m;
  open_file_cache_valid 10m;
  keepalive_requests 10000000;
  client_max_body_size 0;
  client_body_buffer_size 300m;
  client_header_buffer_size 8k;
  ${tls ? `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key}; ssl_session_cache shared:s:1m;` : ""}
  map $container?$arg_delimiter?$arg_prefix $list {
${levelPages()}
    default $container$arg_marker;
  }
  server {
    listen 127.0.0.1:${httpPort};
    server_name ${namedHost};
    root ${folder};
    add_header x-ms-request-id $request_id always;
    add_header x-ms-version 2025-07-05 always;
    location / {
      if ($arg_comp = list) { rewrite ^/([a-z]+) /.list/$1 last; }
      return 404;
    }
    ${listLocation}
  }
  server {
    listen 127.0.0.1:${httpPort} default_server;
    ${listenTls ?? ""}
    root ${folder};
    add_header x-ms-request-id $request_id always;
    add_header x-ms-version 2025-07-05 always;

    location / {
      if ($request_method = PUT) { rewrite ^ /.put last; }
      if ($arg_comp = list) { rewrite ^/bench/([a-z]+) /.list/$1 last; }
      more_set_input_headers "Range: $http_x_ms_range";
      add_header x-ms-request-id $request_id always;
      add_header x-ms-version 2025-07-05 always;
      add_header x-ms-blob-type BlockBlob;
      add_header x-ms-server-encrypted true;
      try_files $uri @missing;
    }
    location @missing {
      add_header x-ms-request-id $request_id always;
      add_header x-ms-error-code BlobNotFound always;
      return 404;
    }
    location = /.put {
      internal;
      mirror /.mirrored;
      error_page 405 =201 @created;
    }
    location = /.mirrored {
      internal;
      access_log off;
      return 204;
    }
    location @created {
      add_header x-ms-request-id $request_id;
      add_header x-ms-version 2025-07-05;
      add_header x-ms-request-server-encrypted true;
      add_header ETag '"0x8DEBE7C4D1A3B00"';
      add_header Last-Modified "Thu, 01 Jan 2026 00:00:00 GMT";
      return 201;
    }
    ${listLocation}
  }
}
`;
}
