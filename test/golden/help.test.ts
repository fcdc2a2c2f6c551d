import { strict as assert } from "node:assert";
import test from "node:test";
import { type CommandSpec, rootCommand } from "../../src/cli/flags/commands.ts";
import { parseCommandLine } from "../../src/cli/flags/parse.ts";
import { assertGolden } from "./golden.ts";

const withSubCommands = (command: CommandSpec): CommandSpec[] => [
  command,
  ...command.commands.flatMap(withSubCommands),
];
const commands = withSubCommands(rootCommand);
const words = (command: CommandSpec): string[] => command.path.split(" ").filter((word) => word !== "");

function helpOf(args: readonly string[]): string {
  const parsed = parseCommandLine(args);
  assert(parsed.kind === "help", `${args.join(" ")} gave ${parsed.kind}`);
  return parsed.text;
}

for (const command of commands) {
  test(`the help text of azcopy ${command.path} stays as it is`, () => {
    const name = ["azcopy", ...words(command)].join("-");
    assertGolden(`help/${name}.txt`, helpOf([...words(command), "--help"]));
  });
}

test("-h, --help, and the command help all say the same", () => {
  for (const command of commands) {
    const text = helpOf([...words(command), "--help"]);
    assert.equal(helpOf([...words(command), "-h"]), text);
    assert.equal(helpOf(["help", ...words(command)]), text);
  }
});

test("help texts fit into 120 columns, end in one line break and have no blanks at line ends", () => {
  for (const command of commands) {
    const text = helpOf([...words(command), "--help"]);
    assert(text.endsWith("\n") && !text.endsWith("\n\n"));
    for (const line of text.split("\n")) {
      assert(line.length <= 120, `too long: ${line}`);
      assert.equal(line.trimEnd(), line);
    }
  }
});

test("flags that are hidden or not carried out yet stand in no help text", () => {
  for (const command of commands) {
    const text = helpOf([...words(command), "--help"]);
    for (const flag of command.flags) {
      const shown = new RegExp(`^ +--${flag.name}( |$)`, "m").test(text);
      assert.equal(shown, !flag.hidden && !flag.later, `--${flag.name} of ${command.path}`);
    }
  }
});
