import { Command } from '../ami/actions/command.ts';
import type { GuardedSender } from '../auth/guard.ts';

export interface Commands {
  /** Lines as the CLI printed them. Rejects with `command-failed` where the CLI does not know the command. */
  run(command: string): Promise<string[]>;
}

export const createCommands = ({ sender }: { sender: GuardedSender }): Commands => ({
  async run(command) {
    const { response } = await sender.send(Command({ Command: command }));
    return response.all('Output');
  },
});
