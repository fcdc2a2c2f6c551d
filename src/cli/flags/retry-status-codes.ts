import type { StatusRule } from "../../transport/retry.ts";

/** Reads `code`, `-code` (never), `code: Error1, Error2` (only these), `-code: Error1` (all but these); by ";". */
export function parseRetryStatusCodes(
  text: string,
): { readonly rules: readonly StatusRule[] } | { readonly problem: string } {
  const rules: StatusRule[] = [];
  for (const item of text.split(";")) {
    if (item.trim() === "") continue;
    const [status = "", ...rest] = item.split(":");
    const match = /^(-?)(\d{3})$/.exec(status.trim());
    if (match === null) {
      const said = JSON.stringify(status.trim().replace(/^-/, ""));
      return {
        problem:
          "failed to parse requested retry status code list: invalid retry code format, " +
          `http status code must be an int (strconv.Atoi: parsing ${said}: invalid syntax)`,
      };
    }
    const codes = rest
      .join(":")
      .split(",")
      .map((code) => code.trim())
      .filter((code) => code !== "");
    rules.push({ status: Number(match[2]), retried: match[1] === "", codes });
  }
  return { rules };
}
