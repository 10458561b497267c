import type * as workflowParser from '@actions/workflow-parser';
import { rolldown } from 'rolldown';

type Parser = Pick<typeof workflowParser, 'NoOperationTraceWriter' | 'parseWorkflow'>;

/**
 * Loads GitHub's parser of workflows, and returns a function that returns the faults of a workflow. The parser is bundled first, because it
 * imports JSON in a way that Node refuses.
 */
export async function workflowFaults(): Promise<(name: string, content: string) => readonly string[]> {
  const build = await rolldown({
    cwd: import.meta.dirname,
    input: '@actions/workflow-parser',
    // The bundle must import no module of Node, so that it can be loaded from a data URL.
    platform: 'browser',
  });
  const { output } = await build.generate({ codeSplitting: false });
  await build.close();
  const parser = (await import(
    `data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`
  )) as Parser;
  return (name, content) =>
    parser
      .parseWorkflow({ name, content }, new parser.NoOperationTraceWriter())
      .context.errors.getErrors()
      .map(({ message }) => message);
}
