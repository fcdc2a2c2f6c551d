import type { FlagTable } from "./flag-table.ts";

/** Flags of make (surface spec 2.7). */
export const makeFlags = [
  {
    name: "quota-gb",
    type: "uint32",
    default: 0,
    hidden: true,
    help: "Means nothing for containers.",
  },
] as const satisfies FlagTable;
