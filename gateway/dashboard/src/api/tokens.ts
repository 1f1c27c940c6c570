// What a list of tools costs a model.
import type { Tool } from './types';

// A rule of thumb for English and JSON; tokenizers differ by a fifth or so.
const CHARACTERS_A_TOKEN = 4;

// Tokens of the tool's entry in a client's context: its name, description and input schema.
export function tokensOf(tool: Tool): number {
  const entry = JSON.stringify({
    name: tool.name, description: tool.description, parameters: tool.input_schema,
  });
  return Math.round(entry.length / CHARACTERS_A_TOKEN);
}

export const tokensOfAll = (tools: Tool[]) => tools.reduce((sum, tool) => sum + tokensOf(tool), 0);
