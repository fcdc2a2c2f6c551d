import { wildcardWarning } from "../commands/resolve-copy.ts";

/** The parameters that take "*" and "?" literally, as they were given or read. */
interface LiteralPaths {
  readonly includePath: string;
  readonly excludePath: string;
  readonly listed?: readonly string[];
}

/** WARN lines about wildcards where there are none. */
export function literalWarnings({ includePath, excludePath, listed = [] }: LiteralPaths): string[] {
  const hasWildcard = (text: string): boolean => /[*?]/.test(text);
  const warnings: string[] = [];
  if (listed.some(hasWildcard)) warnings.push(wildcardWarning("list-of-files"));
  if (hasWildcard(includePath)) warnings.push(wildcardWarning("include-path"));
  if (hasWildcard(excludePath)) warnings.push(wildcardWarning("exclude-path"));
  return warnings;
}
