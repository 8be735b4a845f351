import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from './completion.js';

const program = new Command('phitrace').helpCommand(false);
program
  .command('check')
  .description("the user's main job")
  .option('--format <format>', 'a format')
  .option('--fail-on <severity>', 'a threshold')
  .addOption(new Option('--secret').hideHelp());
program.command('explain').argument('<id>');
program.command('vendors').argument('[id]');
program.command('later', { hidden: true });
const words = { ruleIds: ['phi-in-url', 'phi-in-logs'], vendorIds: ['openai', 'aws'] };

/** What bash offers for a line with the cursor at its end. */
function offered(...line: string[]): string[] {
  const script = `${completionScript(program, 'bash', words)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _phitrace; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ran = spawnSync('bash', ['-c', script, 'bash', 'phitrace', ...line], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return ran.stdout.trim().split('\n');
}

describe('completion', () => {
  it('offers commands, options, and the words of an option', () => {
    expect(offered('')).toEqual(['check', 'explain', 'vendors', '--help', '--version']);
    expect(offered('ch')).toEqual(['check']);
    expect(offered('check', '--f')).toEqual(['--format', '--fail-on']);
    expect(offered('check', '--')).not.toContain('--secret');
    expect(offered('check', '--format', 's')).toEqual(['sarif']);
    expect(offered('explain', 'phi-in-')).toEqual(['phi-in-url', 'phi-in-logs']);
    expect(offered('vendors', 'o')).toEqual(['openai']);
    // A folder: bash's own completion of files takes over.
    expect(offered('check', 'sr')).toEqual(['']);
  });

  it('speaks zsh and fish', () => {
    expect(completionScript(program, 'zsh', words)).toContain('bashcompinit');
    const fish = completionScript(program, 'fish', words);
    expect(fish).toContain("-a check -d 'the user\\'s main job'");
    expect(fish).toContain(
      "complete -c phitrace -n '__fish_seen_subcommand_from explain' -f -a 'phi-in-url phi-in-logs'",
    );
  });
});
