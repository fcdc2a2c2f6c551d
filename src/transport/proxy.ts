import { BlockList, isIP } from "node:net";

/** Environment variables by name, as the process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that requests to `origin` ("https://host:port") go through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY;
 * undefined for none. The rules are those of Go's net/http, which AzCopy's users know: this machine is never
 * reached through a proxy, and HTTP_PROXY is ignored where it may come from a web client (REQUEST_METHOD is set).
 */
export function proxyFor(environment: Environment, origin: string): string | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const proxy = secure
    ? firstOf(environment, "HTTPS_PROXY", "https_proxy")
    : environment["REQUEST_METHOD"] === undefined
      ? firstOf(environment, "HTTP_PROXY", "http_proxy")
      : undefined;
  if (proxy === undefined || isThisMachine(host)) return undefined;
  const target = { host, port: port === "" ? (secure ? "443" : "80") : port };
  const exempt = firstOf(environment, "NO_PROXY", "no_proxy") ?? "";
  if (exempt.split(",").some((rule) => matches(rule.trim().toLowerCase(), target))) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function firstOf(environment: Environment, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

interface Host {
  readonly host: string;
  readonly port: string;
}

/** Whether one rule of NO_PROXY ("*", "10.0.0.0/8", "host", ".domain", "*.domain", each with an optional ":port") matches. */
function matches(rule: string, target: Host): boolean {
  if (rule === "") return false;
  if (rule === "*") return true;
  if (rule.includes("/")) return inSubnet(rule, target.host);
  const { host, port } = splitPort(rule);
  if (host === "" || (port !== "" && port !== target.port)) return false;
  if (isIP(host) !== 0) return host === target.host;
  const suffix = host.startsWith("*.") ? host.slice(1) : host;
  if (suffix.startsWith(".")) return target.host.endsWith(suffix);
  return target.host === suffix || target.host.endsWith(`.${suffix}`);
}

function inSubnet(rule: string, host: string): boolean {
  const [network = "", bits = ""] = rule.split("/");
  const version = isIP(network);
  if (version === 0 || version !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(host, family);
}

function splitPort(rule: string): Host {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(rule);
  if (bracketed) return { host: bracketed[1] ?? "", port: bracketed[2] ?? "" };
  const parts = rule.split(":");
  // More than one colon without brackets is an IPv6 address without a port.
  if (parts.length !== 2) return { host: rule, port: "" };
  return { host: parts[0] ?? "", port: parts[1] ?? "" };
}
