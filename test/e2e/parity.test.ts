import { after, describe, test } from "node:test";
import { Lab } from "./lab.ts";
import { contest } from "./parity-contest.ts";
import { copyCases } from "./parity-copy-cases.ts";
import { filterCases } from "./parity-filter-cases.ts";
import { removeCases } from "./parity-remove-cases.ts";
import { syncDownCases } from "./parity-sync-down-cases.ts";
import { syncUpCases } from "./parity-sync-up-cases.ts";
import { missingFor } from "./real-azcopy.ts";

/** AzCopy takes two seconds a run; with an open pipe for its input it sleeps through most of them. */
const casesAtOnce = 4;

const lab = await Lab.open();
after(() => lab.close());
const real = lab.realAzcopy();
const skip = missingFor(real);

const tables = {
  copy: copyCases,
  filters: filterCases,
  sync: [...syncUpCases, ...syncDownCases],
  remove: removeCases,
};
for (const [command, cases] of Object.entries(tables)) {
  describe(`does as AzCopy does: ${command}`, { concurrency: casesAtOnce }, () => {
    for (const each of cases) {
      const but = each.differs ? `, but for: ${each.differs.why}` : "";
      test(`${each.title}${but}`, { skip }, () => contest(lab, real, each));
    }
  });
}
