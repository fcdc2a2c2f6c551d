import { execFileSync } from "node:child_process";
import { accessSync, chmodSync, constants, copyFileSync, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Contender } from "./contest.ts";

const root = join(import.meta.dirname, "..");
/** The package ships it without the right to execute it. */
const realAzcopy = join(root, "node_modules/@azure-tools/azcopy-linux/dist/bin/azcopy_linux_amd64");
const nginxPackages = ["nginx-light", "libnginx-mod-http-headers-more-filter"];
/** Where Debian and others put modules. */
const moduleFolders = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"];
const moduleName = "ngx_http_headers_more_filter_module.so";

/** nginx and the one module that it needs, installed where they are missing and this process may install them. */
export function findNginx(say: (text: string) => void): { nginx: string; headersModule: string } {
  const find = () => {
    const nginx = onPath("nginx");
    const headersModule = moduleFolders.map((folder) => join(folder, moduleName)).find(existsSync);
    return nginx === undefined || headersModule === undefined ? undefined : { nginx, headersModule };
  };
  const found = find() ?? (install(nginxPackages, say) ? find() : undefined);
  if (found !== undefined) return found;
  throw new Error(`nginx or its module ${moduleName} is missing: apt-get install ${nginxPackages.join(" ")}`);
}

/** The real AzCopy, in a copy that may be executed. */
export function findRealAzcopy(folder: string, say: (text: string) => void): string {
  const file = join(folder, "azcopy-real");
  copyFileSync(realAzcopy, file);
  chmodSync(file, 0o755);
  if (versionOf(file) === undefined) install(["libsecret-1-0"], say);
  if (versionOf(file) !== undefined) return file;
  throw new Error("AzCopy does not start here: apt-get install libsecret-1-0");
}

/** Builds ours, where it is not built yet. */
export function buildOurs(): string {
  execFileSync(process.execPath, [join(root, "scripts/build.ts")], {
    stdio: ["ignore", process.stderr, "inherit"],
    cwd: root,
  });
  return join(root, "dist/azcopy");
}

/** "10.32.2"; undefined when the file does not run. */
export function versionOf(file: Contender["file"]): string | undefined {
  try {
    const said = execFileSync(file, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return /^azcopy version (\S+)$/m.exec(said)?.[1];
  } catch {
    return undefined;
  }
}

/** Whether apt-get did it. Debian starts a server after its installation: it is told that the machine is going down. */
function install(packages: readonly string[], say: (text: string) => void): boolean {
  if (onPath("apt-get") === undefined || process.getuid?.() !== 0) return false;
  say(`installing ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  try {
    execFileSync("apt-get", ["update"], { stdio: "ignore", env });
    const words = ["install", "--yes", "--no-install-recommends", ...packages];
    execFileSync("apt-get", words, { stdio: ["ignore", "ignore", "inherit"], env });
    return true;
  } catch {
    return false;
  }
}

function onPath(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
