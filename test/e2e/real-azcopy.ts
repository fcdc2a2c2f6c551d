import { execFileSync } from "node:child_process";

/** Why AzCopy's binary cannot run here; false when it can. */
export function missingFor(file: string): string | false {
  try {
    execFileSync(file, ["--version"], { stdio: "pipe" });
    return false;
  } catch (error) {
    return `AzCopy does not start here (it needs Debian's libsecret-1-0): ${String(error).split("\n")[1] ?? ""}`;
  }
}
