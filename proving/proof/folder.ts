import { accessSync, constants, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { parts } from './parts.ts';
import { readProof, type Proof } from './record.ts';
import { report } from './report.ts';

/** Where what is found is kept, in proof.json, and told, in proof.md. */
export class ProofFolder {
  readonly #folder: string;
  #keptIn: string | undefined;

  /** Makes the folder where there is none. @throws Error in one sentence, when nothing could be kept there */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`--folder: nothing can be kept in "${folder}": ${reason}`, { cause: error });
    }
    readProof(this.#record);
  }

  /** The report, once anything was kept. */
  get keptIn(): string | undefined {
    return this.#keptIn;
  }

  /** Reads before it writes, so that parts that are tried by several processes add up. */
  async keep(change: (proof: Proof) => Proof): Promise<void> {
    const proof = change(readProof(this.#record));
    const style = await resolveConfig(this.#record);
    replaceFile(this.#record, await format(JSON.stringify(proof), { ...style, parser: 'json' }));
    replaceFile(`${this.#folder}/proof.md`, report(proof, parts));
    this.#keptIn = `${this.#folder}/proof.md`;
  }

  get #record(): string {
    return `${this.#folder}/proof.json`;
  }
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
